import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct RecordFeedTests {
    private func text(_ item: FeedItem?) -> String? {
        guard case .record(let record)? = item else { return nil }
        return record.bytes.text
    }

    @Test func `one reader gets the rows in order with their line numbers`() async throws {
        let folder = TemporaryFolder()
        write("\u{FEFF}a\n\nb\r\n{\"c\":1}", to: folder.file("in"))
        let feed = try RecordFeed(.file(folder.file("in"))) { $0 }
        var found: [String] = []
        while case .record(let record)? = await feed.next() { found.append("\(record.line) \(record.bytes.text)") }
        #expect(found == ["1 a", "3 b", "4 {\"c\":1}"])
        #expect(await feed.next() == nil)
        #expect(feed.failure == nil)
    }

    @Test(arguments: [1, 7, 1000])
    func `many slots get every row exactly once`(slots: Int) async throws {
        let folder = TemporaryFolder()
        let count = 20_000
        write((0..<count).map { "row \($0)\n" }.joined(), to: folder.file("in"))
        let feed = try RecordFeed(.file(folder.file("in")), lookAhead: LookAhead(bytes: 4000, rows: 50)) { $0 }
        let seen = await withTaskGroup(of: [Int].self) { group in
            for _ in 0..<slots {
                group.addTask {
                    var lines: [Int] = []
                    while case .record(let record)? = await feed.next() { lines.append(record.line) }
                    return lines
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(seen.sorted() == Array(1...count))
    }

    @Test func `a line over the limit is a bad line and the rows around it are read`() async throws {
        let folder = TemporaryFolder()
        write("a\n" + String(repeating: "x", count: 3 << 20) + "\nb\n", to: folder.file("in"))
        let feed = try RecordFeed(.file(folder.file("in")), lineLimit: 1 << 20) { $0 }
        #expect(text(await feed.next()) == "a")
        guard case .bad(let bad)? = await feed.next() else {
            Issue.record("the long line was not reported")
            return
        }
        #expect(bad.line == 2)
        #expect(bad.bytes == nil)
        #expect(bad.message.contains("3145728"))
        #expect(text(await feed.next()) == "b")
    }

    @Test func `a slow pipe gives each row as it comes`() async throws {
        let pipe = Pipe()
        let feed = try RecordFeed(.descriptor(pipe.reading)) { $0 }
        for number in 0..<20 {
            pipe.write("row \(number)\n")
            #expect(text(await feed.next()) == "row \(number)")
        }
        pipe.write("no line end")
        close(pipe.writing)
        #expect(text(await feed.next()) == "no line end")
        #expect(await feed.next() == nil)
    }

    @Test func `stop ends slots that wait for a silent pipe`() async throws {
        let pipe = Pipe()
        let feed = try RecordFeed(.descriptor(pipe.reading)) { $0 }
        let ended = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await feed.next() == nil } }
            group.addTask {
                feed.stop()
                return true
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(ended == 101)
        #expect(await feed.next() == nil)
        #expect(feed.failure == nil)
    }

    @Test func `stop drops rows that are ready`() async throws {
        let folder = TemporaryFolder()
        write(String(repeating: "row\n", count: 1000), to: folder.file("in"))
        let feed = try RecordFeed(.file(folder.file("in"))) { $0 }
        #expect(text(await feed.next()) == "row")
        feed.stop()
        #expect(await feed.next() == nil)
    }

    @Test func `the reader does not run away from the slots`() async throws {
        let pipe = Pipe()
        _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
        let feed = try RecordFeed(.descriptor(pipe.reading), lookAhead: LookAhead(bytes: 1 << 16, rows: 100)) { $0 }
        let row = Array((String(repeating: "r", count: 99) + "\n").utf8)
        var accepted = 0
        while true {
            let count = row.withUnsafeBytes { Glibc.write(pipe.writing, $0.baseAddress, $0.count) }
            if count > 0 {
                accepted += count
                continue
            }
            // Full: either the reader is about to empty it, or it has had enough.
            var polled = pollfd(fd: pipe.writing, events: Int16(POLLOUT), revents: 0)
            if poll(&polled, 1, 300) == 0 { break }
        }
        // The look-ahead, a batch, the chunk in hand and what the pipe holds.
        #expect(accepted < 1 << 20)
        #expect(text(await feed.next())?.count == 99)
        feed.stop()
    }

    @Test func `what cannot be opened or read is reported`() async throws {
        let folder = TemporaryFolder()
        #expect(throws: SluiceError(.io, "")) { try RecordFeed(.file(folder.file("none"))) { $0 } }
        #expect(throws: SluiceError(.io, "")) { try RecordFeed(.file(folder.path)) { $0 } }
        let feed = try RecordFeed(.descriptor(1_000_000)) { $0 }
        #expect(await feed.next() == nil)
        #expect(feed.failure?.code == .io)
    }
}
