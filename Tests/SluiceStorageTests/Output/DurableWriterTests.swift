import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct DurableWriterTests {
    private let folder = TemporaryFolder()

    private var path: String { folder.file("out.jsonl") }

    /// A clock that moves on by two seconds whenever it is read.
    private final class Clock: Sendable {
        private let seconds = Guarded(0.0)
        func now() -> Instant {
            seconds.withLock { seconds in
                seconds += 2
                return Instant(nanoseconds: Int64(seconds * 1e9))
            }
        }
    }

    private func writer(
        _ target: OutputTarget? = nil, options: WriterOptions = WriterOptions(),
        onDisk: @escaping @Sendable (DiskEvent) -> Void = { _ in }
    ) throws -> DurableWriter {
        let clock = Clock()
        return try DurableWriter(
            try target ?? OutputTarget(path: path), options: options, clock: { clock.now() }, onDisk: onDisk)
    }

    private func line(_ number: Int, length: Int = 10) -> [UInt8] {
        Array("\(number) \(String(repeating: "x", count: length))\n".utf8)
    }

    private func error(_ body: () async throws -> Void) async -> SluiceError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? SluiceError
        }
    }

    @Test(arguments: [Durability.sync, .os], [0, 1])
    func `a thousand at once are each written whole and once`(durability: Durability, gather: Int) async throws {
        var options = WriterOptions()
        options.durability = durability
        options.gather = .milliseconds(gather)
        let writer = try writer(options: options)
        try await withThrowingTaskGroup { group in
            for task in 0..<1000 {
                group.addTask {
                    for part in 0..<5 {
                        try await writer.append(self.line(task * 5 + part, length: (task * 37 + part) % 3000))
                        if task % 10 == 0 { try await writer.append(self.line(task * 5 + part), to: .errors) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(writer.durableCount == 5000)
        try await writer.close()
        let expected = (0..<5000).map { number in
            String(decoding: line(number, length: (number / 5 * 37 + number % 5) % 3000).dropLast(), as: UTF8.self)
        }
        #expect(lines(path).sorted() == expected.sorted())
        #expect(lines(path + ".errors.jsonl").count == 500)
    }

    @Test func `a line is in the file when it is acknowledged`() async throws {
        let writer = try writer()
        for number in 0..<20 {
            try await writer.append(line(number))
            #expect(lines(path).count == number + 1)
        }
        try await writer.close()
    }

    @Test func `files are their owner's, and the errors file is made with the first failure`() async throws {
        let writer = try writer()
        try await writer.append(line(1))
        #expect(mode(path) == 0o600)
        #expect(!exists(path + ".errors.jsonl"))
        try await writer.append(line(2), to: .errors)
        #expect(mode(path + ".errors.jsonl") == 0o600)
        #expect(lines(path + ".errors.jsonl").count == 1)
        try await writer.close()
    }

    @Test func `an output is continued and keeps its permissions`() async throws {
        write("before\n", to: path)
        chmod(path, 0o640)
        let writer = try writer()
        try await writer.append(Array("after\n".utf8))
        try await writer.close()
        #expect(text(path) == "before\nafter\n")
        #expect(mode(path) == 0o640)
    }

    @Test func `jobs run behind the lines before them, and their errors are theirs alone`() async throws {
        let writer = try writer()
        let seen = Guarded(0)
        let path = path
        try await writer.append(line(1))
        try await writer.perform { seen.withLock { $0 = lines(path).count } }
        #expect(seen.withLock { $0 } == 1)
        #expect(
            await error { try await writer.perform { () throws(SluiceError) in throw SluiceError(.io, "no") } } != nil)
        try await writer.append(line(2))
        try await writer.close()
        #expect(lines(path).count == 2)
    }

    @Test func `close writes what was queued, may be called twice and refuses later lines`() async throws {
        let writer = try writer()
        async let first: Void = writer.append(line(1))
        try await first
        try await writer.close()
        try await writer.close()
        #expect(await error { try await writer.append(self.line(2)) }?.code == .invariant)
        #expect(lines(path).count == 1)
    }

    @Test func `an output that is deleted, replaced or cut under the run stops it`() async throws {
        let path = path
        for harm in [
            { _ = unlink(path) },
            {
                write("new", to: path + ".new"); _ = rename(path + ".new", path)
            },
            { _ = truncate(path, 0) },
        ] {
            let writer = try writer()
            try await writer.append(line(1))
            harm()
            let stopped = await error { try await writer.append(self.line(2)) }
            #expect(stopped?.code == .disk)
            #expect(stopped?.message.contains("deleted, replaced or cut") == true)
            #expect(await error { try await writer.append(self.line(3)) }?.code == .disk)
            #expect(await error { try await writer.close() }?.code == .disk)
            unlink(path)
        }
    }

    @Test func `a sync that fails stops the run for good`() async throws {
        // A named pipe takes the bytes and refuses fdatasync.
        mkfifo(path, 0o600)
        let reading = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reading) }
        let writer = try writer(.file(try OutputPaths(path)))
        let first = await error { try await writer.append(self.line(1)) }
        #expect(first?.code == .disk)
        #expect(first?.message.contains("after the first 0 answers") == true)
        #expect(await error { try await writer.append(self.line(2), to: .errors) }?.code == .disk)
        #expect(await error { try await writer.close() }?.code == .disk)
        #expect(writer.durableCount == 0)
    }

    @Test func `a stream gets every line, however slowly it is read`() async throws {
        let pipe = Pipe()
        _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
        let writer = try writer(.stream(pipe.writing))
        async let content = BlockingThread.run("reading") { pipe.readAll() }
        try await withThrowingTaskGroup { group in
            for number in 0..<500 { group.addTask { try await writer.append(self.line(number, length: 2000)) } }
            try await group.waitForAll()
        }
        try await writer.close()
        close(pipe.writing)
        let all = String(decoding: try await content, as: UTF8.self).split(separator: "\n")
        #expect(Set(all.map { $0.split(separator: " ")[0] }).count == 500)
        #expect(all.allSatisfy { $0.utf8.count > 2000 })
    }

    @Test func `a stream that nobody reads any more is an error, not a signal`() async throws {
        let pipe = Pipe()
        let writer = try writer(.stream(pipe.writing))
        close(pipe.reading)
        let stopped = await error { try await writer.append(self.line(1)) }
        #expect(stopped?.code == .io)
        #expect(stopped?.message.contains("nobody reads") == true)
        #expect(await error { try await writer.close() }?.code == .io)
    }

    @Test func `a full disk is waited for, then the lines in hand are given up and counted`() async throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        var options = WriterOptions()
        options.diskWait = .milliseconds(20)
        options.retryEvery = .milliseconds(5)
        let events = Guarded<[DiskEvent]>([])
        let writer = try writer(.stream(full), options: options) { event in events.withLock { $0.append(event) } }
        let stopped = await error { try await writer.append(self.line(1)) }
        #expect(stopped?.code == .disk)
        #expect(stopped?.message.contains("1 answer in hand could not be written") == true)
        #expect(events.withLock { $0 } == [.full(SluiceError(.disk, ""))])
    }

    @Test func `waiting for room can be given up`() async throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let given = Guarded<DurableWriter?>(nil)
        let writer = try writer(.stream(full)) { _ in given.withLock { $0 }?.stopWaitingForRoom() }
        given.withLock { $0 = writer }
        #expect(await error { try await writer.append(self.line(1)) }?.code == .disk)
        given.withLock { $0 = nil }
    }
}
