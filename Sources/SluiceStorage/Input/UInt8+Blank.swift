extension UInt8 {
    /// Whether this is a space, a tab, a line feed, a vertical tab, a form feed or a carriage return.
    @inline(__always)
    var isASCIIBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension UnsafeBufferPointer<UInt8> {
    /// The bytes without blanks at either end.
    var withoutOuterBlanks: UnsafeBufferPointer<UInt8> {
        var lower = 0
        var upper = count
        while lower < upper, self[lower].isASCIIBlank { lower += 1 }
        while lower < upper, self[upper - 1].isASCIIBlank { upper -= 1 }
        return UnsafeBufferPointer(rebasing: self[lower..<upper])
    }
}
