import SluiceCore

/// Makes the inputs: a document of the corpus, or parts of two, with a few random changes.
struct Mutator {
    let corpus: [[UInt8]]
    let tokens: [[UInt8]]

    /// The input of one case; the same for the same seed and number.
    func input(seed: UInt64, number: Int) -> [UInt8] {
        // The first output of a generator mixes the number well enough to seed the one of this case.
        var seeds = SplitMix64(seed: seed &+ UInt64(truncatingIfNeeded: number) &* 0xD134_2543_DE82_EF95)
        var random = SplitMix64(seed: seeds.next())
        if random.below(50) == 0 { return noise(&random) }
        var bytes = corpus[random.below(corpus.count)]
        if random.below(4) == 0 { splice(&bytes, &random) }
        for _ in 0..<random.below(5) { change(&bytes, &random) }
        return bytes
    }

    private func noise(_ random: inout SplitMix64) -> [UInt8] {
        let isTokens = random.below(2) == 0
        return (0..<random.below(24)).flatMap { _ in
            isTokens ? tokens[random.below(tokens.count)] : [UInt8(truncatingIfNeeded: random.next())]
        }
    }

    private func splice(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let other = corpus[random.below(corpus.count)]
        let part = range(in: other, atMost: other.count, &random)
        bytes.replaceSubrange(range(in: bytes, atMost: 16, &random), with: other[part])
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        switch random.below(8) {
        case 0, 1:
            guard !bytes.isEmpty else { return }
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        case 2:
            guard !bytes.isEmpty else { return }
            bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 3: bytes.replaceSubrange(range(in: bytes, atMost: 8, &random), with: tokens[random.below(tokens.count)])
        case 4: bytes.insert(contentsOf: tokens[random.below(tokens.count)], at: random.below(bytes.count + 1))
        case 5: bytes.removeSubrange(range(in: bytes, atMost: 12, &random))
        case 6:
            let part = range(in: bytes, atMost: 24, &random)
            bytes.insert(contentsOf: bytes[part], at: part.upperBound)
        default:
            // Cut off at either end.
            let at = random.below(bytes.count + 1)
            if random.below(4) == 0 { bytes.removeFirst(at) } else { bytes.removeLast(bytes.count - at) }
        }
    }

    private func range(in bytes: [UInt8], atMost limit: Int, _ random: inout SplitMix64) -> Range<Int> {
        let from = random.below(bytes.count + 1)
        return from..<min(bytes.count, from + random.below(limit + 1))
    }
}
