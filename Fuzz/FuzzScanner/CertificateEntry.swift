import SluiceTransport

/// Certificates, which a stranger shows before anybody has proved anything: what is read stays inside the bytes, and what
/// is shown of it is plain text.
enum CertificateEntry: FuzzEntry {
    static let name = "certificate"

    static func run(_ bytes: [UInt8]) -> Bool {
        walk(bytes[...], bytes, depth: 0)
        guard let facts = CertificateFacts(bytes) else { return false }
        for name in facts.names {
            expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a name that cannot be shown", bytes)
        }
        // An address of four bytes takes fifteen letters.
        expect(facts.names.reduce(0) { $0 + $1.utf8.count } <= bytes.count * 4, "more names than bytes", bytes)
        expect(facts.names == CertificateFacts(bytes + [0])?.names, "bytes behind a certificate change it", bytes)
        return true
    }

    /// Elements follow each other, and lie in the one around them.
    private static func walk(_ part: ArraySlice<UInt8>, _ bytes: [UInt8], depth: Int) {
        var reader = DERReader(part)
        var end = part.startIndex
        while let element = reader.next() {
            expect(
                element.whole.startIndex == end && element.whole.endIndex <= part.endIndex, "an element outside", bytes)
            expect(element.content.endIndex == element.whole.endIndex, "a content that ends elsewhere", bytes)
            expect(element.whole.count - element.content.count >= 2, "an element without tag and length", bytes)
            end = element.whole.endIndex
            if depth < 8 { walk(element.content, bytes, depth: depth + 1) }
        }
    }

    static let corpus = [
        certificate(
            issuer: "sluice test", subject: "sluice test", names: [der(0x82, "localhost"), der(0x87, [127, 0, 0, 1])]),
        certificate(
            issuer: "authority", subject: "a",
            names: [der(0x82, "*.a.example"), der(0x86, "https://a"), der(0x87, [0, 1])]),
        certificate(issuer: "authority", subject: String(repeating: "long ", count: 60), names: []),
        certificate(issuer: "a", subject: "a", names: nil), der(0x30, der(0x30, [])), [0x30, 0x80, 0, 0],
        [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0x30, 0x85, 1, 0, 0, 0, 0],
    ]

    static let tokens: [[UInt8]] = [
        [0x30], [0x30, 0x80], [0x81], [0x82, 0x01, 0x00], [0x84, 0x7F, 0xFF, 0xFF, 0xFF], [0xA0, 3, 2, 1, 2], [0xA3],
        [0x06, 3, 0x55, 0x1D, 0x11], [0x04], [0x82, 1, 0x61], [0x87, 4, 10, 0, 0, 1], [0x87, 16], [0xFF], [0x00],
    ]

    /// What a certificate is made of (RFC 5280 §4.1), as far as anybody looks at it here.
    private static func certificate(issuer: String, subject: String, names: [[UInt8]]?) -> [UInt8] {
        let (algorithm, key) = (der(0x30, der(0x06, [0x2A, 3])), der(0x30, der(0x03, [0, 1, 2, 3])))
        let validity = der(0x30, der(0x17, "261121000000Z") + der(0x17, "271121000000Z"))
        var body = names == nil ? [] : der(0xA0, der(0x02, [2]))
        body += der(0x02, [1, 2, 3, 4]) + algorithm + name(issuer) + validity + name(subject) + key
        if let names {
            let basic = der(0x30, der(0x06, [0x55, 0x1D, 0x13]) + der(0x01, [0xFF]) + der(0x04, der(0x30, [])))
            let others = der(0x30, der(0x06, [0x55, 0x1D, 0x11]) + der(0x04, der(0x30, names.flatMap { $0 })))
            body += der(0xA3, der(0x30, basic + others))
        }
        return der(0x30, der(0x30, body) + algorithm + der(0x03, [0, 5, 6, 7]))
    }

    private static func name(_ text: String) -> [UInt8] {
        der(0x30, der(0x31, der(0x30, der(0x06, [0x55, 4, 3]) + der(0x0C, text))))
    }

    private static func der(_ tag: UInt8, _ text: String) -> [UInt8] { der(tag, Array(text.utf8)) }

    /// An element with the shortest length (X.690 §10.1).
    private static func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length = count < 128 ? [UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        return [tag] + length + content
    }
}
