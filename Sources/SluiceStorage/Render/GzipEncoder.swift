import CZlib
package import SluiceCore

/// Packs bytes as gzip (RFC 1952), one member.
package final class GzipEncoder {
    private let stream: UnsafeMutablePointer<z_stream>
    private let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 256 << 10)

    /// Starts a member; its header names neither a file nor a time, so equal content makes equal files.
    package init() throws(SluiceError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw SluiceError(.io, "cannot pack: no memory for it") }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        room.deallocate()
    }

    /// Takes bytes and lends what they have made.
    package func encode<E: Error>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> Void
    ) throws(E) {
        try run(bytes, Z_NO_FLUSH, body)
    }

    /// Ends the member and lends the rest of it.
    package func finish<E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> Void) throws(E) {
        try run(UnsafeBufferPointer(start: nil, count: 0), Z_FINISH, body)
    }

    private func run<E: Error>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ flush: Int32, _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> Void
    ) throws(E) {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        repeat {
            stream.pointee.next_out = room.baseAddress
            stream.pointee.avail_out = UInt32(room.count)
            deflate(stream, flush)
            let count = room.count - Int(stream.pointee.avail_out)
            if count > 0 { try body(UnsafeBufferPointer(rebasing: room[..<count])) }
        } while stream.pointee.avail_out == 0
    }
}
