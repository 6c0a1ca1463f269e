import CZlib
import SluiceCore

/// Unpacks gzip (RFC 1952) that comes in chunks, also of several members one after another.
final class GzipDecoder {
    private let stream: UnsafeMutablePointer<z_stream>
    private let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 256 << 10)
    private let name: String
    private var isBetweenMembers = false
    /// Whether something came behind the last member that is none.
    private var isOver = false

    /// - Parameter name: what people call the input, for messages.
    init(named name: String) throws(SluiceError) {
        self.name = name
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window as every gzip file has; 16 more say that it is gzip.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw SluiceError(.io, "cannot unpack \(name): no memory for it") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        room.deallocate()
    }

    /// Takes the next chunk and lends what it unpacks to.
    func decode(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: chunk.baseAddress)
        stream.pointee.avail_in = UInt32(chunk.count)
        while true {
            if isBetweenMembers {
                // Some tools fill up with zeros between members and behind the last one.
                while stream.pointee.avail_in > 0, let next = stream.pointee.next_in, next[0] == 0 {
                    stream.pointee.next_in = next + 1
                    stream.pointee.avail_in -= 1
                }
                guard !isOver, stream.pointee.avail_in > 0, let next = stream.pointee.next_in else { return }
                // What is no member is passed over to the end, as gzip itself does.
                isOver = next[0] != 0x1F
                if isOver { return }
                inflateReset(stream)
                isBetweenMembers = false
            }
            stream.pointee.next_out = room.baseAddress
            stream.pointee.avail_out = UInt32(room.count)
            let code = inflate(stream, Z_NO_FLUSH)
            let count = room.count - Int(stream.pointee.avail_out)
            if count > 0 { try body(UnsafeBufferPointer(rebasing: room[..<count])) }
            switch code {
            case Z_STREAM_END: isBetweenMembers = true
            case Z_OK: if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return }
            case Z_BUF_ERROR: return
            default: throw SluiceError(.io, "cannot unpack \(name): the gzip data is damaged")
            }
        }
    }

    /// Sees to it that the end of the chunks is an end of the data.
    func finish() throws(SluiceError) {
        guard isBetweenMembers else {
            throw SluiceError(
                .io, "cannot unpack \(name): the gzip data breaks off in the middle", hint: "fetch it again")
        }
    }
}
