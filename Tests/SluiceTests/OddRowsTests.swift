import Glibc
import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct OddRowsTests {
    /// `SLUICE_SEED=7` repeats one of them.
    private static let seeds: [UInt64] =
        getenv("SLUICE_SEED").flatMap { UInt64(String(cString: $0)) }.map { [$0] } ?? Array(0..<24)

    /// Bytes, since equal strings may differ in them.
    private func counts(_ rows: [some Sequence<UInt8>]) -> [[UInt8]: Int] {
        rows.reduce(into: [:]) { $0[Array($1), default: 0] += 1 }
    }

    @Test(arguments: seeds)
    func `any row comes back byte for byte, and after any edit only new ones are paid for`(seed: UInt64) async throws {
        let again = Comment(rawValue: "again: SLUICE_SEED=\(seed) swift test --filter OddRowsTests")
        try await withSimulator { simulator in
            var odd = OddRows(seed: seed)
            var rows = (0..<20).map { _ in odd.row() }
            var job = try Job([], at: simulator.baseURL)
            job.options.redo = true
            var answered: [[UInt8]: Int] = [:]
            for _ in 0..<4 {
                let ends = rows.map { _ in odd.number(3) == 0 ? "\r\n" : "\n" }
                try TextFile.write(zip(rows, ends).map { $0 + $1 }.joined(), to: job.input)
                let before = simulator.counts().requests
                let summary = try await job.run()
                #expect(summary.counts.failed == 0, again)
                let wanted = counts(rows.map(\.utf8))
                let new = wanted.reduce(0) { $0 + max(0, $1.value - answered[$1.key, default: 0]) }
                #expect(summary.counts.answered == new, again)
                #expect(simulator.counts().requests - before == new, again)
                let lines = TextFile.read(job.output).split(separator: UInt8(ascii: "\n"))
                #expect(counts(try lines.map(beginning(ofLine:))) == counts(rows.map(beginning(ofRow:))), again)
                answered = wanted
                odd.edit(&rows)
            }
        }
    }

    /// What the line of a row must begin with, up to its answer.
    private func beginning(ofRow row: String) -> [UInt8] {
        if row.hasPrefix("{") { return Array(row.utf8.dropLast()) }
        if row.hasPrefix("\"") { return Array((#"{"prompt":"# + row).utf8) }
        var json = JSONBuilder()
        json.value(row)
        return Array(#"{"prompt":"#.utf8) + json.bytes
    }

    private func beginning(ofLine line: ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
        let answer = try #require(line.firstRange(of: Array(#","output":"Answer"#.utf8)))
        return line[..<answer.lowerBound]
    }

    @Test func `rows of great depth and length fail or pass alone`() async throws {
        let depth = 100_000
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let long = String(repeating: "x", count: 64 << 20)
        try await withSimulator { simulator in
            let job = try Job(
                [
                    #"{"prompt":"item-1","x":\#(deep)}"#, Job.prompt(2), #"{"prompt":"item-3","x":"\#(long)"}"#,
                    #"{"prompt":"item-4","x":"\#(long.dropLast(40))"}"#,
                ], at: simulator.baseURL)
            let summary = try await job.run()
            #expect(summary.counts.answered == 2)
            #expect(summary.counts.failed == 2)
            #expect(await simulator.ledger().paid == [2, 4])
            let failures = try job.failures()
            #expect(failures.compactMap { $0["line"]?.int }.sorted() == [1, 3])
            #expect(try TextFile.lines(job.output).map(\.utf8.count).sorted().last ?? 0 > (64 << 20) - 40)
        }
    }
}
