import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct OutputLockTests {
    private static let flock = "/usr/bin/flock"

    @Test func `a second run is refused with the first one's pid and start`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        let store = try #require(try job.start())
        let error = try #require(job.refusal())
        #expect(error.code == .locked)
        #expect(error.message.contains("process \(getpid())"))
        #expect(error.message.contains("2023-11-14T22:13:20Z"))
        #expect(store.paths?.output.hasSuffix("/out.jsonl") == true)
        let content = try JSON.parse(Bytes(text(job.output + ".sluice/lock")))
        #expect(content["pid"]?.int == Int(getpid()))
        #expect(content["host"]?.string?.isEmpty == false)
    }

    @Test func `the lock is free when the store is gone`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        for _ in 0..<3 { #expect(try job.start() != nil) }
    }

    @Test func `the lock is free though a child that is being started has its descriptor still`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        var store = try job.start()
        #expect(store != nil)
        // A fork copies descriptors as this does.
        let copies = try descriptors(of: job.output + ".sluice/lock").map { dup($0) }
        defer { for copy in copies { close(copy) } }
        #expect(copies.count == 1)
        store = nil
        #expect(job.refusal() == nil)
    }

    /// This process's descriptors of a file.
    private func descriptors(of path: String) throws -> [Int32] {
        var (wanted, status) = (stat(), stat())
        try #require(stat(path, &wanted) == 0)
        return (0..<Int32(65536)).filter { descriptor in
            fstat(descriptor, &status) == 0 && status.st_ino == wanted.st_ino && status.st_dev == wanted.st_dev
        }
    }

    @Test func `two names of one output collide`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        write("", to: job.output)
        symlink("out.jsonl", job.folder.file("link.jsonl"))
        symlink(job.folder.path, job.folder.file("way"))
        let store = try #require(try job.start())
        for name in ["link.jsonl", "way/out.jsonl", "./way/./out.jsonl"] {
            let target = try OutputTarget(path: job.folder.file(name))
            #expect(target == .file(try #require(store.paths)))
            #expect(job.refusal { $0.output = target }?.code == .locked)
        }
    }

    @Test func `a link to an output that does not exist yet leads to it`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        symlink("out.jsonl", job.folder.file("link.jsonl"))
        let target = try OutputTarget(path: job.folder.file("link.jsonl"))
        let store = try #require(try job.start { $0.output = target })
        #expect(job.refusal()?.code == .locked)
        #expect(store.paths?.output.hasSuffix("/out.jsonl") == true)
    }

    @Test(.enabled(if: exists(flock)))
    func `another process keeps the output and its SIGKILL frees it`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        _ = try job.start()
        let (ready, hold) = (Pipe(), Pipe())
        let arguments = ["flock", "-n", "-F", job.output + ".sluice/lock", "sh", "-c", "echo ready; exec cat"]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, hold.reading, 0)
        posix_spawn_file_actions_adddup2(&actions, ready.writing, 1)
        for end in [ready.reading, hold.writing] { posix_spawn_file_actions_addclose(&actions, end) }
        var list = arguments.map { strdup($0) } + [nil]
        var child: pid_t = 0
        #expect(posix_spawn(&child, Self.flock, &actions, nil, &list, environ) == 0)
        list.forEach { free($0) }
        close(ready.writing)
        var byte: UInt8 = 0
        #expect(Glibc.read(ready.reading, &byte, 1) == 1)

        #expect(job.refusal()?.code == .locked)
        kill(child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        #expect(job.refusal() == nil)
    }
}
