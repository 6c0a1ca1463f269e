extension JSON {
    /// The text of a string with its escapes resolved; nil for any other value.
    public var string: String? {
        guard kind == .string else { return nil }
        return JSON.unescape(raw[1..<raw.count - 1])
    }

    /// A number without fraction that fits 64 bits; nil for any other value.
    public var int: Int? {
        guard kind == .number, raw.count < 20 else { return nil }
        return raw.withUnsafeBytes { buffer in
            var value = 0
            var at = buffer[0] == UInt8(ascii: "-") ? 1 : 0
            while at < buffer.count {
                let digit = Int(buffer[at]) - 0x30
                guard (0...9).contains(digit) else { return nil }
                let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, overflowed) = scaled.addingReportingOverflow(digit)
                if overflow || overflowed { return nil }
                value = sum
                at += 1
            }
            return buffer[0] == UInt8(ascii: "-") ? -value : value
        }
    }

    /// Any number as a double; nil for any other value.
    ///
    /// `1e400` is infinite.
    public var double: Double? {
        guard kind == .number else { return nil }
        return Double(raw.text)
    }

    /// `true` or `false`; nil for any other value.
    public var bool: Bool? {
        guard kind == .bool else { return nil }
        return raw[0] == UInt8(ascii: "t")
    }

    /// Resolves the escapes of a validated string; a lone surrogate becomes U+FFFD.
    static func unescape(_ bytes: Bytes) -> String {
        bytes.withUnsafeBytes { buffer in
            guard buffer.contains(UInt8(ascii: "\\")) else { return String(decoding: buffer, as: UTF8.self) }
            var out: [UInt8] = []
            out.reserveCapacity(buffer.count)
            var at = 0
            while at < buffer.count {
                guard buffer[at] == UInt8(ascii: "\\") else {
                    out.append(buffer[at])
                    at += 1
                    continue
                }
                switch buffer[at + 1] {
                case UInt8(ascii: "b"): out.append(0x08)
                case UInt8(ascii: "f"): out.append(0x0C)
                case UInt8(ascii: "n"): out.append(0x0A)
                case UInt8(ascii: "r"): out.append(0x0D)
                case UInt8(ascii: "t"): out.append(0x09)
                case UInt8(ascii: "u"):
                    at = appendScalar(buffer, at, to: &out)
                    continue
                case let plain: out.append(plain)
                }
                at += 2
            }
            return String(decoding: out, as: UTF8.self)
        }
    }

    private static func codeUnit(_ buffer: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
        guard at + 6 <= buffer.count, buffer[at] == UInt8(ascii: "\\"), buffer[at + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return (2..<6).reduce(UInt32(0)) { $0 << 4 | (JSONScanner.hexDigit(buffer[at + $1]) ?? 0) }
    }

    /// Appends the character of the `\u` escape at `at`, two escapes for a surrogate pair; returns the offset behind.
    private static func appendScalar(_ buffer: UnsafeBufferPointer<UInt8>, _ at: Int, to out: inout [UInt8]) -> Int {
        let unit = codeUnit(buffer, at) ?? 0xFFFD
        if (0xD800..<0xDC00).contains(unit), let low = codeUnit(buffer, at + 6), (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        {
            out.append(contentsOf: Character(scalar).utf8)
            return at + 12
        }
        out.append(contentsOf: Character(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
        return at + 6
    }
}
