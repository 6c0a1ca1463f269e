/// Takes secrets out of text that comes from outside: providers repeat keys in their messages.
public struct Redactor: Sendable, CustomReflectable {
    /// What stands in the place of a secret.
    package static let mark = "‹secret›"

    private let scan: KeyScan

    /// Knows the secrets that must not get through.
    /// - Parameter shortest: Those of fewer characters are not looked for; at least 2.
    public init(_ secrets: [Secret], shortest: Int = 8) {
        scan = KeyScan(secrets, shortest: shortest)
    }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The text with every secret, and every beginning of sixteen bytes or more of one, replaced by `‹secret›`.
    public func redact(_ text: String) -> String {
        let bytes = Bytes(text)
        return scan.finds(in: bytes) ? redact(bytes).text : text
    }

    /// The beginning of a text without its secrets, in `length` characters at most and a mark of what is left out.
    package func redact(_ text: String, cutTo length: Int) -> String {
        let redacted = redact(text)
        return redacted.count > length ? redacted.prefix(length) + "…" : redacted
    }

    /// The bytes with every secret replaced; the same ones, and no copy, if there is none.
    package func redact(_ bytes: Bytes) -> Bytes {
        let redacted = bytes.withUnsafeBytes { bytes -> [UInt8]? in
            guard var found = scan.first(in: bytes) else { return nil }
            var redacted: [UInt8] = []
            redacted.reserveCapacity(bytes.count)
            var at = 0
            while true {
                redacted += bytes[at..<found.lowerBound]
                redacted += Redactor.mark.utf8
                at = found.upperBound
                guard let next = scan.first(in: bytes, from: at) else { break }
                found = next
            }
            redacted += bytes[at...]
            return redacted
        }
        return redacted.map { Bytes($0) } ?? bytes
    }
}
