import CZlib
package import SluiceCore

/// One stored sample of the answers to a request.
package struct CachedAnswer: Sendable {
    /// What was asked.
    package let hash: RequestHash
    /// Which of the answers to it this is, from 0.
    package let sample: Int
    /// Who gave it.
    package let route: CacheRoute
    /// The provider's reply as JSON.
    package let reply: Bytes

    /// An answer as it came.
    package init(_ hash: RequestHash, sample: Int, route: CacheRoute, reply: Bytes) {
        self.hash = hash
        self.sample = sample
        self.route = route
        self.reply = reply
    }

    /// CRC-32 over hash, sample and reply: a damaged page must not become a wrong answer.
    var checksum: Int64 {
        reply.withUnsafeBytes { Self.checksum(hash, sample, UnsafeRawBufferPointer($0)) }
    }

    /// The same of an answer that was read.
    static func checksum(_ hash: RequestHash, _ sample: Int, _ reply: UnsafeRawBufferPointer) -> Int64 {
        var sum = crc32(0, nil, 0)
        hash.withBytes { sum = crc32(sum, $0.bindMemory(to: UInt8.self).baseAddress, UInt32($0.count)) }
        withUnsafeBytes(of: UInt64(bitPattern: Int64(sample)).littleEndian) { bytes in
            sum = crc32(sum, bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count))
        }
        // An empty buffer has no address, which zlib takes for "begin anew".
        if reply.count > 0 {
            sum = crc32(sum, reply.bindMemory(to: UInt8.self).baseAddress, UInt32(reply.count))
        }
        return Int64(sum)
    }
}
