import Glibc
import SluiceCore
import SluiceTestSupport

/// A folder to work in and an environment of its own, in which the built `sluice` is started as a process.
struct Shell {
    let folder = TemporaryFolder()
    var environment: [String: String] = [:]

    /// A shell with prompts in `in.jsonl` that say which item they are.
    init(rows: Int = 0) throws {
        if rows > 0 { try write((1...rows).map(Self.prompt), to: "in.jsonl") }
    }

    static func prompt(_ number: Int) -> String { #"{"id":"\#(number)","prompt":"hello item-\#(number)"}"# }

    func write(_ lines: [String], to name: String) throws {
        try TextFile.write(lines.map { $0 + "\n" }.joined(), to: folder.file(name))
    }

    func objects(_ name: String) throws -> [JSON] { try TextFile.objects(folder.file(name)) }

    /// The ids of the answers in `out.jsonl`, in order.
    func ids() throws -> [Int] {
        try objects("out.jsonl").compactMap { $0["id"]?.string.flatMap { Int($0) } }.sorted()
    }

    /// Starts `sluice` and does not wait for it.
    func start(_ arguments: String...) throws -> ChildProcess { try sluice(arguments) }

    /// The same with the arguments in a list.
    func start(_ arguments: [String]) throws -> ChildProcess { try sluice(arguments) }

    /// Runs `sluice` to its end.
    func run(_ arguments: String...) async throws -> ChildProcess.Outcome { try await sluice(arguments).outcome() }

    /// The same with the arguments in a list.
    func run(_ arguments: [String]) async throws -> ChildProcess.Outcome { try await sluice(arguments).outcome() }

    /// Runs a line of shell text, in which `$sluice` is the program.
    func pipe(_ text: String, _ variables: [String: String] = [:]) async throws -> ChildProcess.Outcome {
        try await startPipe(text, variables).outcome()
    }

    /// Starts a line of shell text, in which `$sluice` is the program, and does not wait for it.
    func startPipe(_ text: String, _ variables: [String: String] = [:]) throws -> ChildProcess {
        let all = base.merging(variables) { $1 }.merging(["sluice": try ChildProcess.sluice()]) { $1 }
        return try ChildProcess("/bin/sh", ["-c", text], in: folder, all)
    }

    private func sluice(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(ChildProcess.sluice(), arguments, in: folder, base)
    }

    private var base: [String: String] {
        // A home of its own keeps the developer's keys and configuration out; what is set for a sanitizer holds here, too.
        var base = ["PATH": "/usr/bin:/bin", "HOME": folder.path]
        for name in ["ASAN_OPTIONS", "TSAN_OPTIONS"] { base[name] = getenv(name).map { String(cString: $0) } }
        return base.merging(environment) { $1 }
    }
}
