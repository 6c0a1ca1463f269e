import SluiceTokens
import Testing

@Suite struct CounterTests {
    @Test(
        "Every golden string has the ids that tiktoken gives it",
        arguments: ["o200k_base", "cl100k_base", "p50k_base", "r50k_base"])
    func golden(_ name: String) async throws {
        let encoding = try #require(Encoding.published(name))
        var counter = Counter(encoding)
        let strings = try GoldenText.all()
        #expect(strings.count == 2000)
        for golden in strings {
            await Task.yield()
            let ids = try #require(golden.ids[name])
            #expect(counter.encode(golden.text) == ids, "\(golden.text.debugDescription)")
            // Twice: as a new piece and as one that is remembered.
            #expect(counter.count(golden.text) == ids.count)
            #expect(counter.count(golden.text) == ids.count)
        }
    }

    @Test func `special tokens in a text are ordinary text`() {
        var counter = Counter(.o200kBase)
        let ids = counter.encode("<|endoftext|>")
        #expect(ids.count > 1)
        #expect(!ids.contains(199_999))
        #expect(Encoding.o200kBase.decode(ids) == "<|endoftext|>")
        #expect(Encoding.o200kBase.decode([199_999]) == "<|endoftext|>")
    }

    @Test func `what is encoded comes back`() async throws {
        for encoding in [Encoding.o200kBase, .cl100kBase, .p50kEdit, .r50kBase, .o200kHarmony] {
            var counter = Counter(encoding)
            for golden in try GoldenText.all() {
                await Task.yield()
                #expect(encoding.decode(counter.encode(golden.text)) == golden.text)
            }
        }
    }

    @Test func `bytes that are no text are neither lost nor read over`() async {
        var counter = Counter(.o200kBase)
        var random = SplitMix(seed: 5)
        for length in 0..<400 {
            await Task.yield()
            let bytes = (0..<length).map { _ in
                let draw = random.next()
                return draw & 7 == 0 ? UInt8(ascii: " ") : UInt8(truncatingIfNeeded: draw >> 8)
            }
            let ids = bytes.withUnsafeBufferPointer { counter.encode($0) }
            #expect(Encoding.o200kBase.bytes(of: ids) == bytes)
            #expect(bytes.withUnsafeBufferPointer { counter.count($0) } == ids.count)
        }
    }

    @Test func `a count stops at its limit`() {
        var counter = Counter(.o200kBase)
        let text = String(repeating: "one two three four five six seven. ", count: 100)
        let tokens = counter.count(text)
        #expect(counter.count(text, upTo: tokens) == tokens)
        #expect(counter.count(text, upTo: tokens - 1) == nil)
        #expect(counter.count("four tokens at most", upTo: 100) == 4)
    }

    @Test func `a small cache, whose entries are always replaced, changes no count`() async throws {
        var small = Counter(.o200kBase, cacheBits: 4)
        for golden in try GoldenText.all() {
            await Task.yield()
            #expect(small.count(golden.text) == golden.ids["o200k_base"]?.count)
        }
    }
}

/// A generator for tests.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
