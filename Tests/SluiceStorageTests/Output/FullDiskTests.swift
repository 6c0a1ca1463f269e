import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

/// A file system of a few pages, where this process may mount one.
private final class SmallDisk: Sendable {
    let folder = TemporaryFolder()

    init?(kilobytes: Int) {
        guard mount("none", folder.path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else { return nil }
    }

    deinit { umount2(folder.path, Int32(MNT_DETACH)) }

    static let isAllowed = SmallDisk(kilobytes: 64) != nil
}

@Suite(.timeLimit(.minutes(1)), .enabled(if: SmallDisk.isAllowed)) struct FullDiskTests {
    private func line(_ number: Int) -> [UInt8] { Array("\(number) \(String(repeating: "x", count: 1500))\n".utf8) }

    @Test(arguments: [16, 20, 24, 36, 64])
    func `a full disk leaves no torn line and loses nothing that was acknowledged`(kilobytes: Int) async throws {
        let disk = try #require(SmallDisk(kilobytes: kilobytes))
        let path = disk.folder.file("out.jsonl")
        var options = WriterOptions()
        options.diskWait = .milliseconds(2)
        options.retryEvery = .milliseconds(1)
        let writer = try DurableWriter(
            try OutputTarget(path: path), options: options, clock: { Instant(nanoseconds: 0) })
        let acknowledged = await withTaskGroup(of: String?.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let line = self.line(number)
                    do throws(SluiceError) {
                        try await writer.append(line)
                        return String(decoding: line.dropLast(), as: UTF8.self)
                    } catch {
                        return error.code == .disk ? nil : "another error"
                    }
                }
            }
            return await group.reduce(into: Set<String>()) { found, line in if let line { found.insert(line) } }
        }
        try? await writer.close()
        let found = lines(path)
        #expect(text(path).last == "\n")
        #expect(Set(found) == acknowledged)
        #expect(found.count == acknowledged.count)
        #expect((1..<100).contains(found.count))
        #expect(writer.durableCount == found.count)
    }

    @Test func `when there is room again the run goes on`() async throws {
        let disk = try #require(SmallDisk(kilobytes: 64))
        let path = disk.folder.file("out.jsonl")
        let filler = disk.folder.file("filler")
        write([UInt8](repeating: 1, count: 48 << 10), to: filler)
        var options = WriterOptions()
        options.retryEvery = .milliseconds(1)
        let events = Guarded<[DiskEvent]>([])
        let writer = try DurableWriter(
            try OutputTarget(path: path), options: options, clock: { Instant(nanoseconds: 0) }
        ) { event in
            events.withLock { $0.append(event) }
            // Whoever sees the message makes room.
            if case .full = event { unlink(filler) }
        }
        try await withThrowingTaskGroup { group in
            for number in 0..<30 { group.addTask { try await writer.append(self.line(number)) } }
            try await group.waitForAll()
        }
        try await writer.close()
        #expect(Set(lines(path)).count == 30)
        #expect(lines(path).allSatisfy { $0.utf8.count > 1500 })
        #expect(events.withLock { $0 } == [.full(SluiceError(.disk, "")), .room])
    }
}
