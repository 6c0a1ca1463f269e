/// What a certificate says of whom it is for (RFC 5280 §4.1, §4.2.1.6).
package struct CertificateFacts {
    private static let sequence: UInt8 = 0x30
    private static let version: UInt8 = 0xA0
    private static let extensions: UInt8 = 0xA3
    private static let dnsName: UInt8 = 0x82
    private static let address: UInt8 = 0x87
    private static let subjectAlternativeName: [UInt8] = [0x06, 0x03, 0x55, 0x1D, 0x11]

    /// Whether whoever it is for also signed it.
    package let isSelfSigned: Bool
    /// The names and addresses that it is for, as far as they can be shown.
    package let names: [String]
    /// The host names among these.
    package let hosts: [HostPattern]

    /// Reads a certificate; nil if it is none.
    package init?(_ bytes: [UInt8]) {
        var outer = DERReader(bytes[...])
        guard var certificate = outer.next(Self.sequence).map({ DERReader($0) }),
            var body = certificate.next(Self.sequence).map({ DERReader($0) }),
            var number = body.next()
        else { return nil }
        if number.tag == Self.version {
            guard let next = body.next() else { return nil }
            number = next
        }
        // The serial number was read; the algorithm, then issuer, validity, subject, key.
        guard body.next() != nil, let issuer = body.next(), body.next() != nil, let subject = body.next() else {
            return nil
        }
        isSelfSigned = issuer.whole == subject.whole
        var names: [(text: String, isHost: Bool)] = []
        while let part = body.next() {
            if part.tag == Self.extensions { names = CertificateFacts.names(in: part.content) }
        }
        self.names = names.map(\.text)
        hosts = names.filter(\.isHost).map { HostPattern($0.text) }
    }

    private static func names(in extensions: ArraySlice<UInt8>) -> [(text: String, isHost: Bool)] {
        var outer = DERReader(extensions)
        guard var list = outer.next(sequence).map({ DERReader($0) }) else { return [] }
        while let item = list.next() {
            var parts = DERReader(item.content)
            guard let identifier = parts.next(), identifier.whole.elementsEqual(subjectAlternativeName) else {
                continue
            }
            while let value = parts.next() {
                guard value.tag == 0x04 else { continue }
                var wrapped = DERReader(value.content)
                guard var general = wrapped.next(sequence).map({ DERReader($0) }) else { return [] }
                var names: [(text: String, isHost: Bool)] = []
                while let name = general.next() {
                    if let text = text(of: name) { names.append((text, name.tag == dnsName)) }
                }
                return names
            }
        }
        return []
    }

    /// A DNS name, or an address.
    private static func text(of name: DERReader.Element) -> String? {
        switch (name.tag, name.content.count) {
        case (dnsName, _) where name.content.allSatisfy({ $0 > 0x20 && $0 < 0x7F }):
            return String(decoding: name.content, as: UTF8.self)
        case (address, 4): return name.content.map { "\($0)" }.joined(separator: ".")
        case (address, 16):
            let bytes = Array(name.content)
            return stride(from: 0, to: 16, by: 2).map { at in
                String(UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]), radix: 16)
            }.joined(separator: ":")
        default: return nil
        }
    }
}
