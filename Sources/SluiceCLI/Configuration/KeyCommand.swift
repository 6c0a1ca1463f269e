internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Asks a program for a key, like a password manager: `cmd:pass show openai`.
enum KeyCommand {
    /// More than this is no list of keys.
    private static let cap = 1 << 20

    /// What the command prints; the shell runs it, and its standard error is the user's.
    /// - Throws: ``SluiceError`` if it cannot be run, fails, or prints too much.
    static func output(of command: String, file: String?, line: Int?) throws(SluiceError) -> String {
        guard let pipe = popen(command, "r") else {
            throw SluiceError(.configuration, "cannot run the command for a key", file: file, line: line)
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= cap {
            let count = fread(&chunk, 1, chunk.count, pipe)
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        let status = pclose(pipe)
        let text = String(validating: bytes, as: UTF8.self)
        if let text, bytes.count <= cap, status == 0 { return text }
        throw SluiceError(
            .configuration, "the command for a key \(fault(status, bytes.count))",
            hint: "run it in a shell: it must print the key and end with 0", file: file, line: line)
    }

    /// What is wrong with a command that ended with this status, as `waitpid` tells it.
    private static func fault(_ status: Int32, _ count: Int) -> String {
        // First, since a command that nobody listens to any more may fail for that.
        if count > cap { return "prints more than 1 MiB" }
        let signal = status & 0x7F
        if status > 0, signal != 0 { return "was ended by signal \(signal)" }
        return status == 0 ? "prints no text" : "failed (\(status >> 8))"
    }
}
