import SluiceCore
import SluiceStorage
import Testing

@Suite struct LineSplitterTests {
    private struct Found: Equatable {
        var number: Int
        var text: String?
    }

    /// Splits text that comes in chunks of one size; nil stands for a line that is too long.
    private func split(_ content: [UInt8], chunk: Int, limit: Int = 1 << 20) -> [Found] {
        var splitter = LineSplitter(limit: limit)
        var found: [Found] = []
        func add(_ line: Line) {
            found.append(
                Found(number: line.number, text: line.isTooLong ? nil : String(decoding: line.text, as: UTF8.self)))
        }
        for start in stride(from: 0, to: content.count, by: chunk) {
            content[start..<min(start + chunk, content.count)].withUnsafeBufferPointer { splitter.split($0, add) }
        }
        splitter.finish(add)
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `lines end at line feeds only`(chunk: Int) {
        let content = "a\u{85}b\u{2028}c\rd\u{0B}e\n\0\u{1C}\u{2029}\nlast"
        #expect(
            split(Array(content.utf8), chunk: chunk) == [
                Found(number: 1, text: "a\u{85}b\u{2028}c\rd\u{0B}e"), Found(number: 2, text: "\0\u{1C}\u{2029}"),
                Found(number: 3, text: "last"),
            ])
    }

    @Test(arguments: [1, 2, 3, 1000])
    func `a byte order mark and carriage returns before line feeds are dropped`(chunk: Int) {
        let content: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("a\r\nb\r\r\n\u{FEFF}c\r".utf8)
        #expect(
            split(content, chunk: chunk) == [
                Found(number: 1, text: "a"), Found(number: 2, text: "b\r"), Found(number: 3, text: "\u{FEFF}c\r"),
            ])
    }

    @Test(arguments: [1, 2, 1000])
    func `blank lines are counted and skipped, other blanks are text`(chunk: Int) {
        let content = "\n  \t\r\nx\n\u{0C}\n\u{A0}\n"
        #expect(
            split(Array(content.utf8), chunk: chunk) == [Found(number: 3, text: "x"), Found(number: 5, text: "\u{A0}")])
        #expect(split([], chunk: 1).isEmpty)
        #expect(split(Array("\n\n \n".utf8), chunk: 2).isEmpty)
    }

    @Test(arguments: [1, 3, 5, 1000])
    func `a line over the limit is reported by its number and the next one is read`(chunk: Int) {
        let content = "abcd\nabcde\nabc\nabcdefghijkl"
        #expect(
            split(Array(content.utf8), chunk: chunk, limit: 4) == [
                Found(number: 1, text: "abcd"), Found(number: 2, text: nil), Found(number: 3, text: "abc"),
                Found(number: 4, text: nil),
            ])
    }

    @Test func `offsets tell where a line starts, whatever was dropped`() {
        var splitter = LineSplitter()
        var offsets: [Int] = []
        Array("\u{FEFF}a\r\n\nbc\nd".utf8).withUnsafeBufferPointer { splitter.split($0) { offsets.append($0.offset) } }
        var isTerminated = true
        splitter.finish { line in
            offsets.append(line.offset)
            isTerminated = line.isTerminated
        }
        #expect(offsets == [0, 7, 10])
        #expect(!isTerminated)
    }

    @Test func `random bytes come back whole for every chunk size`() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let content: [UInt8] = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                [0x0A, 0x0A, 0x0D, 0x20, 0x61, 0xEF, 0xBB, 0xBF].randomElement(using: &random) ?? 0
            }
            let whole = split(content, chunk: 1000)
            for chunk in 1...5 { #expect(split(content, chunk: chunk) == whole) }
        }
    }
}
