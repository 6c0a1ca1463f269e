import SluiceTokens

/// Byte pair encoding as it is told in a textbook: slow, and plain enough to be checked by reading.
struct SlowEncoder {
    private var ranks: [[UInt8]: Int] = [:]

    init(_ encoding: Encoding) {
        for id in 0..<50_256 {
            if let bytes = encoding.bytes(of: [id]), ranks[bytes] == nil { ranks[bytes] = id }
        }
    }

    /// The tokens of one piece.
    func encode(piece: [UInt8]) -> [Int] {
        var parts = piece.map { [$0] }
        while true {
            var best: (at: Int, rank: Int)?
            for at in parts.indices.dropLast() {
                guard let rank = ranks[parts[at] + parts[at + 1]] else { continue }
                if rank < best?.rank ?? .max { best = (at, rank) }
            }
            guard let best else { return parts.compactMap { ranks[$0] } }
            parts[best.at] += parts.remove(at: best.at + 1)
        }
    }
}
