internal import CZlib

/// Undoes gzip and deflate, and breaks off what would grow out of all proportion.
///
/// One serves all replies of an event loop: zlib's window of 40 KB is made once.
package final class Inflater {
    /// How many times larger than on the wire a body may become beyond ``Inflater/freeOutput``.
    package static let ratioCap = 100
    /// So many bytes may come out whatever went in.
    package static let freeOutput = 1 << 20

    /// The bits of the window that tell zlib which wrapping to expect.
    private enum Wrapping: Int32 {
        case gzip = 31
        case zlib = 15
        case none = -15
    }

    private let stream: UnsafeMutablePointer<z_stream>
    /// What zlib writes into.
    private let scratch: UnsafeMutableBufferPointer<UInt8>
    private var isReady = false

    /// Takes no memory of zlib's before there is something to undo.
    package init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        scratch = .allocate(capacity: 64 << 10)
    }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deallocate()
        scratch.deallocate()
    }

    /// The body as it was before it was coded.
    /// - Parameter cap: The largest result, in bytes.
    /// - Throws: ``ResponseError`` if the body is damaged, ends early, or becomes too large.
    package func decode(_ body: [UInt8], _ coding: ContentCoding, cap: Int) throws(ResponseError) -> [UInt8] {
        // A body without a byte is what servers send with every status that has none.
        if body.isEmpty { return body }
        switch coding {
        case .identity: return body
        case .gzip: return try inflate(body, .gzip, cap: cap)
        case .deflate: return try inflate(body, Inflater.hasZlibHeader(body) ? .zlib : .none, cap: cap)
        case .other: throw .malformed("a content coding that was not asked for")
        }
    }

    /// How large a body says that it becomes; for a coding that does not say, four times what it is.
    package static func promise(_ body: [UInt8], _ coding: ContentCoding) -> Int {
        // RFC 1952 §2.3.1: the last four bytes are the size, modulo 2^32; of the last member, if there are several.
        guard coding == .gzip, body.count >= 18 else { return body.count * 4 }
        return body.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// RFC 1950 §2.2: the method is 8, and the first two bytes are a multiple of 31.
    private static func hasZlibHeader(_ body: [UInt8]) -> Bool {
        body.count >= 2 && body[0] & 0x0F == 8 && (Int(body[0]) << 8 | Int(body[1])) % 31 == 0
    }

    private func inflate(_ body: [UInt8], _ wrapping: Wrapping, cap: Int) throws(ResponseError) -> [UInt8] {
        try prepare(wrapping)
        let free = Inflater.freeOutput + body.count * Inflater.ratioCap
        let most = min(cap, free)
        var output: [UInt8] = []
        return try body.withUnsafeBufferPointer { input throws(ResponseError) in
            // zlib does not write to its input, though its type allows it.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            while true {
                // One byte more than allowed shows that there is more.
                let room = min(scratch.count, most - output.count + 1)
                stream.pointee.next_out = scratch.baseAddress
                stream.pointee.avail_out = UInt32(room)
                let code = CZlib.inflate(stream, Z_NO_FLUSH)
                output.append(contentsOf: scratch[..<(room - Int(stream.pointee.avail_out))])
                guard output.count <= most else { throw cap <= free ? .tooLarge : .bomb }
                if code == Z_STREAM_END {
                    if stream.pointee.avail_in == 0 { return output }
                    // There may be several members, one behind the other (RFC 1952 §2.2).
                    guard wrapping == .gzip, inflateReset(stream) == Z_OK else {
                        throw .malformed("bytes behind the end of the coded body")
                    }
                } else if code != Z_OK || stream.pointee.avail_in == 0 && stream.pointee.avail_out > 0 {
                    let isShort = stream.pointee.avail_in == 0
                    throw .malformed(isShort ? "the coded body ends early" : "the coded body is damaged")
                }
            }
        }
    }

    private func prepare(_ wrapping: Wrapping) throws(ResponseError) {
        let code =
            isReady ? inflateReset2(stream, wrapping.rawValue) : sluice_inflate_init(stream, wrapping.rawValue)
        guard code == Z_OK else { throw .malformed("no memory to decode the body") }
        isReady = true
    }
}
