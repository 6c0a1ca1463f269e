import SluiceTokens
import Testing

@Suite struct LongMergeTests {
    @Test func `long pieces are merged as the textbook says`() async {
        let slow = SlowEncoder(.r50kBase)
        var counter = Counter(.r50kBase)
        var random = SplitMix(seed: 3)
        // Letters only, so that each text is one piece; few of them, so that there is much to merge.
        let alphabets = ["a", "ab", "etaoin", "abcdefghijklmnopqrstuvwxyz", "中文的一是不了人我", "й", "абвгде", "éßøñ中"]
        for alphabet in alphabets.map(Array.init) {
            for length in [2, 15, 16, 60, 192, 193, 260] {
                // Slow without optimisation: the other tests want the threads, too.
                await Task.yield()
                let text = String(
                    (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
                #expect(counter.encode(text) == slow.encode(piece: Array(text.utf8)), "\(text)")
            }
        }
    }
}
