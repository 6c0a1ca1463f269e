import Dispatch
import Glibc
import SluiceTestSupport

/// A process whose standard output and error go to files.
final class ChildProcess: Sendable {
    /// How it ended.
    struct Outcome {
        /// The exit code, or the negative number of the signal that ended it.
        let code: Int32
        let output: String
        let errors: String

        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    struct NotStarted: Error {
        let what: String
        let reason: String
    }

    let id: pid_t
    private let paths: (output: String, errors: String)

    /// The program that was built beside the tests.
    static func sluice() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        var folder = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            if access(folder + "/sluice", X_OK) == 0 { return folder + "/sluice" }
        }
        throw NotStarted(what: "sluice", reason: "it is not in the folder of the tests: swift build")
    }

    init(_ program: String, _ arguments: [String], in folder: TemporaryFolder, _ environment: [String: String]) throws {
        let name = "\(folder.path)/stream-\(UInt32.random(in: 0 ... .max))"
        paths = (name + ".out", name + ".err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, paths.output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, paths.errors, O_WRONLY | O_CREAT, 0o600)
        // The shell goes to the folder and becomes the program; Glibc's module hides the way without it.
        let changing = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder.path, program]
        let argv = (changing + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        // SwiftNIO leaves its sockets to be inherited: the port of a simulator that stops would stay taken by the child.
        for descriptor in 3..<4096 as Range<Int32> { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var child = pid_t()
        let error = posix_spawn(&child, "/bin/sh", &actions, nil, argv, envp)
        guard error == 0 else { throw NotStarted(what: program, reason: String(cString: strerror(error))) }
        id = child
    }

    /// What it has said so far.
    var errors: String { String(decoding: TextFile.read(paths.errors), as: UTF8.self) }

    /// The most memory that it has had at once so far, in bytes; nil once it has ended.
    ///
    /// Not what `wait4` tells: that begins with what the process had that it was made from.
    var memory: Int? {
        let status = String(decoding: TextFile.read("/proc/\(id)/status"), as: UTF8.self)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 }
    }

    func signal(_ number: Int32) { kill(id, number) }

    /// Waits for its end; to be called once.
    func outcome() async -> Outcome {
        let id = id
        let status = await withCheckedContinuation { (continuation: CheckedContinuation<Int32, Never>) in
            // waitpid blocks, which no thread of the cooperative pool may.
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(id, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
        let signal = status & 0x7F
        return Outcome(
            code: signal == 0 ? status >> 8 & 0xFF : -signal,
            output: String(decoding: TextFile.read(paths.output), as: UTF8.self), errors: errors)
    }
}
