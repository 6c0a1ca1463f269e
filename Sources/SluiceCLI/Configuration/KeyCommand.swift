internal import Sluice
internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Asks a program for a key, like a password manager: `cmd:pass show openai`.
struct KeyCommand {
    /// More than this is no list of keys.
    private static let cap = 1 << 20
    /// How long a person may take to type a password.
    private static let patience = TimeSpan.seconds(60)

    private let process: pid_t
    /// What it prints.
    private let output: Int32
    private let deadline = now + patience
    /// Whether it may ask somebody at the terminal.
    private let mayAsk: Bool

    /// What the command prints; the shell runs it, and its standard error is the user's.
    /// - Throws: ``SluiceError`` if it cannot be run, fails, prints too much or takes longer than 60 s.
    /// - Parameter mayAsk: Whether it may ask somebody at the terminal, as before a run; one that may not ends with all that
    ///   it has started.
    static func output(of command: String, mayAsk: Bool, file: String?, line: Int?) throws(SluiceError) -> String {
        guard let command = KeyCommand(command, mayAsk: mayAsk) else {
            throw SluiceError(.configuration, "cannot run the command for a key", file: file, line: line)
        }
        let bytes = command.read()
        let status = command.end()
        let text = String(validating: bytes, as: UTF8.self)
        if let text, bytes.count <= cap, status == 0 { return text }
        throw SluiceError(
            .configuration, "the command for a key \(fault(status, bytes.count))",
            hint: "run it in a shell: it must print the key and end with 0", file: file, line: line)
    }

    /// What is wrong with a command that ended with this status, as `waitpid` tells it, or did not end.
    private static func fault(_ status: Int32?, _ count: Int) -> String {
        // First, since a command that nobody listens to any more may fail for that.
        if count > cap { return "prints more than 1 MiB" }
        guard let status else { return "has not ended within \(Int(patience.seconds)) s" }
        let signal = status & 0x7F
        if status > 0, signal != 0 { return "was ended by signal \(signal)" }
        return status == 0 ? "prints no text" : "failed (\(status >> 8))"
    }

    /// Starts it; nil if that cannot be done.
    private init?(_ command: String, mayAsk: Bool) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        #if canImport(Glibc)
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #else
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        // A thread that reads files lets no signal through; its child is to be ended by ctrl-c.
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        // The terminal answers only to the group in front.
        let group = mayAsk ? 0 : POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK) | Int32(group)))
        let words = ["sh", "-c", command]
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child = pid_t()
        guard posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environ) == 0 else {
            close(ends[0])
            return nil
        }
        (process, output, self.mayAsk) = (child, ends[0], mayAsk)
    }

    /// What it prints until it closes its output, prints too much or the time is over.
    private func read() -> [UInt8] {
        defer { close(output) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= Self.cap {
            let left = deadline - Self.now
            guard left > .zero else { break }
            var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, Int32(left.seconds * 1000) + 1) > 0 else { continue }
            let count = Self.read(output, into: &chunk)
            if count == 0 || count < 0 && errno != EINTR { break }
            bytes += chunk[..<max(0, count)]
        }
        return bytes
    }

    /// Waits for its end; returns how it ended, or nil if it had to be killed.
    private func end() -> Int32? {
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) != process {
            guard Self.now < deadline else {
                kill(mayAsk ? process : -process, SIGKILL)
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                return nil
            }
            poll(nil, 0, 5)
        }
        return status
    }

    private static func read(_ file: Int32, into chunk: inout [UInt8]) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, &chunk, chunk.count)
        #else
            Darwin.read(file, &chunk, chunk.count)
        #endif
    }

    private static var now: Instant { Environment.live.now().mono }
}
