extension Delivery {
    /// A reply in four chunks, or as odd ones as a fault says.
    init(_ reply: Reply, chunked chunking: Fault.Chunking, closes: Bool) {
        let body = reply.stream.map { $0.flatMap(\.bytes) } ?? reply.body
        let size = chunking == .bytes ? 1 : max(1, (body.count + 3) / 4)
        let starts = Array(stride(from: 0, to: body.count, by: size))
        send(reply.head(chunking == .both ? .both(body.count) : .chunked, closes: closes))
        var coded: [UInt8] = []
        for (place, start) in starts.enumerated() {
            let bytes = Array(body[start..<min(start + size, body.count)])
            coded += Chunk.coded(bytes, size: Self.size(of: bytes, place, chunking))
        }
        coded += chunking == .trailers ? Self.trailers : Chunk.last
        send(coded)
        isWhole = chunking != .badSize
    }

    private static let trailers = Array("0\r\nx-checksum: none\r\nx-took: 12\r\n\r\n".utf8)

    private static func size(of bytes: [UInt8], _ place: Int, _ chunking: Fault.Chunking) -> String {
        let plain = String(bytes.count, radix: 16)
        switch chunking {
        case .plain, .trailers, .bytes, .both: return plain
        case .extensions: return plain + [";part=\(place)", " ; note=\"a;b\\\"c\"", ";x"][place % 3]
        case .upper: return "000" + plain.uppercased()
        case .badSize: return place == 1 ? "twelve" : plain
        }
    }
}
