import SluiceCore
import SluiceTestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct MockCommandTests {
    @Test func `a run can be rehearsed against it, and its ledger has every request`() async throws {
        let shell = try Shell(rows: 30)
        let mock = try shell.start("mock", "--port", "0", "--rpm", "60k", "--ledger", "ledger.jsonl")
        #expect(await Deadline.wait { mock.errors.contains("hint: ") })
        let url = try #require(mock.errors.split(separator: " ").first { $0.hasPrefix("http://") })
        let run = try await shell.run(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", String(url.prefix { $0 != "," }))
        #expect(run.code == 0, "\(run)")
        mock.signal(2)
        let end = await mock.outcome()
        #expect(end.code == 0, "\(end)")
        #expect(end.errors.contains("30 answered"))
        let ledger = try shell.objects("ledger.jsonl")
        #expect(ledger.filter { $0["status"]?.int == 200 }.compactMap { $0["item"]?.int }.sorted() == Array(1...30))
    }

    @Test func `a second signal ends it also when nobody reads its ledger`() async throws {
        let shell = try Shell(rows: 2_000)
        #expect(mkfifo(shell.folder.file("ledger"), 0o600) == 0)
        // Opened for both, so that neither end waits for the other, and never read.
        let reader = open(shell.folder.file("ledger"), O_RDWR | O_CLOEXEC)
        defer { close(reader) }
        let mock = try shell.start("mock", "--port", "0", "--ledger", "ledger")
        #expect(await Deadline.wait { mock.errors.contains("hint: ") })
        let url = try #require(mock.errors.split(separator: " ").first { $0.hasPrefix("http://") })
        // More lines than a pipe of 64 KiB holds.
        let run = try await shell.run(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", String(url.prefix { $0 != "," }))
        #expect(run.code == 0, "\(run)")
        mock.signal(15)
        mock.signal(2)
        #expect(await mock.outcome().code == 130)
    }

    @Test func `a port that is taken is said`() async throws {
        let shell = try Shell()
        let first = try shell.start("mock", "--port", "0")
        #expect(await Deadline.wait { first.errors.contains("hint: ") })
        let url = try #require(first.errors.split(separator: " ").first { $0.hasPrefix("http://") })
        let port = url.dropFirst("http://127.0.0.1:".count).prefix { $0.isNumber }
        let second = try await shell.run("mock", "--port", String(port))
        #expect(second.code == 2, "\(second)")
        #expect(second.errors.contains("cannot listen on"))
        first.signal(15)
        #expect(await first.outcome().code == 0)
    }
}
