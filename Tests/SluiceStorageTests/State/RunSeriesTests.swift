import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct RunSeriesTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("state.db") }

    private func series(_ onNote: @escaping @Sendable (String) -> Void = { Issue.record("\($0)") }) -> RunSeries {
        RunSeries(
            path, run: RunSeries.Run(started: WallTime(nanoseconds: 0), pid: 1, title: nil, model: "m"),
            onNote: onNote)
    }

    private func sample(_ second: Int64, answered: Int = 1) -> Sample {
        var sample = Sample(second: second)
        sample.sent = answered + 1
        sample.answered = answered
        sample.refused = 1
        sample.input = 10
        sample.output = 20
        sample.cost = Money(picodollars: 7)
        sample.inFlight = 4
        sample.waiting = "requests/min of a"
        sample.failures = ["RETRY_ROUTE": 1]
        return sample
    }

    @Test func `what was handed over is read back, also while the run goes on`() async throws {
        let series = series()
        #expect(try RunHistory.lastDay(path).isEmpty)
        let all = (1...12).map { sample(1_000_000 + $0, answered: Int($0)) }
        for sample in all { series.add(sample) }
        // The first batches are there before anything is closed.
        #expect(await Deadline.wait { ((try? RunHistory.lastDay(path)) ?? []).count >= 10 })
        await series.close()
        #expect(try RunHistory.lastDay(path) == all)
    }

    @Test func `a run without a sample leaves no file`() async throws {
        await series().close()
        #expect(!TextFile.exists(path))
    }

    @Test func `seconds older than a day become minutes, and those older than a month hours, with nothing lost`()
        async throws
    {
        let begin: Int64 = 3_600_000
        let first = series()
        for second in 0..<600 { first.add(sample(begin + Int64(second))) }
        await first.close()
        #expect(try RunHistory.lastDay(path).count == 600)
        let second = series()
        second.add(sample(begin + 86_400 + 300))
        await second.close()
        let day = try RunHistory.samples(path, from: 0)
        #expect(day.count { $0.span == 60 } == 5 && day.count { $0.span == 1 } == 301)
        #expect(day.first?.answered == 60 && day.first?.failures == ["RETRY_ROUTE": 60])
        #expect(day.first?.inFlight == 4 && day.first?.waiting == "requests/min of a")
        let third = series()
        third.add(sample(begin + 40 * 86_400))
        await third.close()
        let month = try RunHistory.samples(path, from: 0)
        #expect(month.map(\.span) == [3600, 3600, 1])
        #expect(month.reduce(0) { $0 + $1.answered } == 602)
        #expect(month.reduce(Money.zero) { $0 + $1.cost } == Money(picodollars: 7 * 602))
        #expect(try RunHistory.lastDay(path).count == 1)
    }

    @Test func `values that no run writes are cut to what can be, or are an error`() async throws {
        let series = series()
        series.add(sample(1_000_000))
        await series.close()
        try alter(
            path,
            """
            INSERT INTO sample VALUES (9223372036854775807, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 'x'),
                (-9223372036854775807, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 'x'),
                (1000001, 1, -1, -1, 9223372036854775807, -1, 'text', 1e300, 1, -1, -1, NULL);
            INSERT INTO failure VALUES (1000001, 1, 1, 'GONE', 9223372036854775807);
            """)
        let read = try RunHistory.lastDay(path)
        #expect(read.map(\.second) == [1_000_000, 1_000_001])
        var absurd = Sample(second: 1_000_001, span: 0)
        absurd.answered = 1 << 40
        absurd.input = 1 << 40
        absurd.output = 1
        absurd.failures = ["GONE": 1 << 40]
        #expect(read.last == absurd)
        try alter(
            path,
            """
            CREATE TABLE loose AS SELECT * FROM sample; DROP TABLE sample; ALTER TABLE loose RENAME TO sample;
            UPDATE sample SET sent = NULL WHERE second = 1000000
            """)
        let error = #expect(throws: SluiceError.self) { try RunHistory.lastDay(path) }
        #expect(error?.message == "cannot read the time series: it holds what no run writes")
    }

    @Test func `a damaged file is set aside and said so`() async throws {
        try TextFile.write(String(repeating: "no database ", count: 500), to: path)
        let said = Guarded<[String]>([])
        let series = series { text in said.withLock { $0.append(text) } }
        for second in 0..<20 { series.add(sample(1_000_000 + Int64(second))) }
        await series.close()
        #expect(try RunHistory.lastDay(path).count == 20)
        #expect(said.withLock { $0.count } == 1)
        #expect(said.withLock { $0[0].contains("state.db.damaged-1") })
        #expect(TextFile.exists(path + ".damaged-1"))
    }

    @Test func `without a thread it is said once, nothing is kept, and nobody waits`() async throws {
        let said = Guarded<[String]>([])
        let series = RunSeries(
            path, run: RunSeries.Run(started: WallTime(nanoseconds: 0), pid: 1),
            start: { _, _ throws(SluiceError) in throw SluiceError(.io, "no thread") },
            onNote: { text in said.withLock { $0.append(text) } })
        for second in 0..<20 { series.add(sample(1_000_000 + Int64(second))) }
        #expect(said.withLock { $0 } == ["the time series is not kept: no thread"])
        await series.close()
        #expect(!TextFile.exists(path))
    }

    @Test(.timeLimit(.minutes(2))) func `any number may wait for the end`() async throws {
        let series = series()
        series.add(sample(1_000_000))
        await withTaskGroup { group in
            for _ in 0..<10 { group.addTask { await series.close() } }
        }
        await series.close()
        #expect(try RunHistory.lastDay(path).count == 1)
    }

    @Test func `a place that cannot be written is said once and stops nothing`() async throws {
        #expect(mkdir(path, 0o700) == 0)
        let said = Guarded<[String]>([])
        let series = series { text in said.withLock { $0.append(text) } }
        for second in 0..<20 { series.add(sample(1_000_000 + Int64(second))) }
        await series.close()
        #expect(said.withLock { $0.count } == 1)
    }
}
