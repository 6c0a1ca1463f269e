import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Rows that come through a pipe, run after run.
@Suite struct RunPipeTests {
    private func text(_ shell: Shell, _ name: String) -> String {
        String(decoding: TextFile.read(shell.folder.file(name)), as: UTF8.self)
    }

    @Test func `an edited row has one answer, the new one`() async throws {
        try await withSimulator(SimulatorOptions()) { simulator in
            let shell = try Shell(rows: 5)
            let run = "$sluice run - -o out.jsonl -m m --base-url \(simulator.baseURL)"
            #expect(try await shell.pipe("cat in.jsonl | \(run)").code == 0)
            let end = try await shell.pipe("sed '3s/hello/edited/' in.jsonl | \(run)")
            #expect(end.code == 0, "\(end)")
            #expect(end.errors.contains("answers to changed rows, moved to stale.jsonl: 1"), "\(end)")
            #expect(try shell.ids() == Array(1...5))
            #expect(text(shell, "out.jsonl").contains("edited item-3"))
            #expect(text(shell, "out.jsonl.sluice/stale.jsonl").contains("hello item-3"))
            #expect(await simulator.ledger().paid == [1, 2, 3, 3, 4, 5])
            // A part of the rows gives up nothing.
            #expect(try await shell.pipe("head -1 in.jsonl | \(run)").code == 0)
            #expect(try await shell.pipe(": | \(run)").code == 0)
            #expect(try shell.ids() == Array(1...5))
        }
    }

    @Test func `a pipe that is refused changes neither the answers nor the rows of the one before`() async throws {
        try await withSimulator(SimulatorOptions()) { simulator in
            let shell = try Shell()
            let rows = (1...120).map { "\($0),item-\($0)" }
            try shell.write(["id,text"] + rows, to: "in.csv")
            func run(_ rows: String, _ flags: String = "--prompt '{{text}}'") async throws -> ChildProcess.Outcome {
                try await shell.pipe(
                    "\(rows) | $sluice run - --input-format csv -o out.csv \(flags) -m m --base-url \(simulator.baseURL)"
                )
            }
            #expect(try await run("cat in.csv").code == 0)
            let names = ["out.csv", "out.csv.sluice/answers.jsonl", "out.csv.sluice/input"]
            let before = names.map { text(shell, $0) }
            #expect(before[0].split(separator: "\r\n").count == 121 || before[0].split(separator: "\n").count == 121)

            var end = try await run(":")
            #expect(end.code == 2 && end.errors.contains("the input has no row"), "\(end)")
            #expect(end.errors.contains("hint: ") && end.errors.contains("--redo"), "\(end)")
            end = try await run("head -1 in.csv")
            #expect(end.code == 2 && end.errors.contains("the input has no row"), "\(end)")
            end = try await run("cat in.csv", "--prompt '{{txet}}'")
            #expect(end.code == 2 && end.errors.contains("did you mean {{text}}?"), "\(end)")
            end = try await run("sed 's/item/other/' in.csv")
            #expect(end.code == 2 && end.errors.contains("120 of the 120 answers"), "\(end)")
            end = try await run("cat in.csv in.csv")
            #expect(end.code == 2 && end.errors.contains("error: stdin:") && end.errors.contains("same id"), "\(end)")
            #expect(names.map { text(shell, $0) } == before)
            #expect(try await shell.run("merge", "out.csv", "--json").output.contains("\"answered\":120"))
            #expect(names.map { text(shell, $0) } == before)
            #expect(!TextFile.exists(shell.folder.file("out.csv.sluice/input.new")))
            #expect(await simulator.ledger().count == 120)
        }
    }
}
