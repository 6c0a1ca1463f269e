/// Takes secrets out of text that comes from outside: providers repeat keys in their messages.
public struct Redactor: Sendable, CustomReflectable {
    private let secrets: [[UInt8]]

    /// Knows the secrets that must not get through; those shorter than eight characters are not looked for.
    public init(_ secrets: [Secret]) {
        self.secrets = secrets.map { $0.reveal { Array($0.utf8) } }.filter { $0.count >= 8 }
    }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The text with every secret replaced by `‹secret›`.
    public func redact(_ text: String) -> String {
        var bytes = Array(text.utf8)
        var isChanged = false
        for secret in secrets {
            var at = 0
            while at + secret.count <= bytes.count {
                if bytes[at] == secret[0], bytes[at..<at + secret.count].elementsEqual(secret) {
                    bytes.replaceSubrange(at..<at + secret.count, with: "‹secret›".utf8)
                    isChanged = true
                }
                at += 1
            }
        }
        return isChanged ? String(decoding: bytes, as: UTF8.self) : text
    }
}
