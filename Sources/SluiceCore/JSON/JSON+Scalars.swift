extension JSON {
    /// The text of a string with its escapes resolved, a lone surrogate as U+FFFD; nil for any other value.
    public var string: String? {
        guard kind == .string, raw.count >= 2 else { return nil }
        return raw.withUnsafeBytes { JSON.unescape(UnsafeBufferPointer(rebasing: $0[1..<$0.count - 1])) }
    }

    /// A number written with digits only that fits 64 bits; nil for any other value, `1.0` and `1e2` included.
    public var int: Int? {
        guard kind == .number else { return nil }
        return raw.withUnsafeBytes { buffer in
            let isNegative = buffer[0] == UInt8(ascii: "-")
            // Summed up below zero, where there is one number more.
            var value = 0
            for byte in buffer.dropFirst(isNegative ? 1 : 0) {
                guard (0x30...0x39).contains(byte) else { return nil }
                let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, overflowed) = scaled.subtractingReportingOverflow(Int(byte) - 0x30)
                if overflow || overflowed { return nil }
                value = sum
            }
            if isNegative { return value }
            return value == .min ? nil : -value
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
}
