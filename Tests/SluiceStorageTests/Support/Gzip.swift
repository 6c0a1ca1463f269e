import SluiceStorage

/// Bytes as one gzip member.
func gzip(_ content: [UInt8]) throws -> [UInt8] {
    let encoder = try GzipEncoder()
    var packed: [UInt8] = []
    content.withUnsafeBufferPointer { encoder.encode($0) { packed += $0 } }
    encoder.finish { packed += $0 }
    return packed
}

func gzip(_ text: String) throws -> [UInt8] { try gzip(Array(text.utf8)) }
