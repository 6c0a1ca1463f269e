import Glibc
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Rows that are in flight each time that the process dies, as the provider's ledger and the files show them.
@Suite struct RunQuarantineTests {
    /// A request that nobody answers: what is killed while it waits dies with this row in flight.
    private func never(_ item: Int, _ tries: ClosedRange<Int>) -> FaultRule {
        FaultRule(.init(prompt: "item-\(item):", nth: tries), .stall(.before, nil))
    }

    private func shell(rows: Int) throws -> Shell {
        let shell = try Shell()
        try shell.write((1...rows).map { #"{"id":"\#($0)","prompt":"hello item-\#($0): a word"}"# }, to: "in.jsonl")
        return shell
    }

    private func arguments(_ simulator: Simulator, _ slots: Int) -> [String] {
        ["run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "-c", "\(slots)"]
    }

    /// The rows that the process notes as being asked.
    private func noted(_ shell: Shell) -> Int {
        let cells = TextFile.read(shell.folder.file("out.jsonl.sluice/inflight")).dropFirst(64)
        return stride(from: 0, to: cells.count, by: 16).count { offset in
            cells.dropFirst(offset).prefix(16).contains { $0 != 0 }
        }
    }

    /// Starts a run and kills it once so many answers are there, the provider has seen so many requests, and only
    /// those rows are noted that it never answers.
    private func kill(
        _ shell: Shell, _ simulator: Simulator, slots: Int, answers: Int, requests: Int, inFlight: Int = 1
    ) async throws {
        let child = try shell.start(arguments(simulator, slots))
        let isThere = try await Deadline.wait {
            try shell.ids().count == answers && simulator.counts().requests == requests && noted(shell) == inFlight
        }
        child.signal(SIGKILL)
        #expect(await child.outcome().code == -SIGKILL)
        // Without it the next run could wait for ever for rows that nobody answers.
        try #require(isThere, "\(child.errors)")
    }

    @Test(arguments: [1, 8]) func `a row that kills twice is left out of the next run and then asked last`(
        slots: Int
    ) async throws {
        var options = SimulatorOptions()
        options.script = [never(3, 1...3)]
        try await withSimulator(options) { simulator in
            let shell = try shell(rows: 9)
            // With one slot the row keeps all behind it from being asked.
            let others = slots == 1 ? 2 : 8
            try await kill(shell, simulator, slots: slots, answers: others, requests: others + 1)
            try await kill(shell, simulator, slots: slots, answers: others, requests: others + 2)

            let third = try await shell.run(arguments(simulator, slots))
            #expect(third.code == 1, "\(third.errors)")
            #expect(third.errors.contains("1 × quarantined: the process died 2 times in a row"), "\(third.errors)")
            #expect(third.errors.contains("hint: run the same command again to retry what failed"))
            #expect(try shell.ids() == [1, 2, 4, 5, 6, 7, 8, 9])
            let failures = try shell.objects("out.jsonl.errors.jsonl")
            #expect(failures.map { $0["id"]?.string } == ["3"])
            #expect(failures.first?["error"]?["code"]?.string == "quarantined")
            #expect(failures.first?["error"]?["message"]?.string?.contains("died 2 times in a row") == true)
            #expect(simulator.counts().requests == 10)
            #expect(!TextFile.exists(shell.folder.file("out.jsonl.sluice/inflight")))

            // As every failed row it gets another try, which kills again and is seen through at once.
            try await kill(shell, simulator, slots: slots, answers: 8, requests: 11)
            let fifth = try await shell.run(arguments(simulator, slots))
            #expect(fifth.code == 1 && fifth.errors.contains("quarantined"), "\(fifth.errors)")
            let last = try await shell.run(arguments(simulator, slots))
            #expect(last.code == 0, "\(last.errors)")
            #expect(try shell.ids() == Array(1...9))
            #expect(!TextFile.exists(shell.folder.file("out.jsonl.sluice/suspects")))
            // Requests of killed processes are entered when the provider notices.
            #expect(await Deadline.wait { simulator.counts().inFlight == 0 })
            let ledger = await simulator.ledger()
            #expect(ledger.count == 12)
            #expect(ledger.count { $0.item == 3 } == 4)
        }
    }

    @Test func `two deaths with many rows in flight only put them last, few at once, until one of few is left`()
        async throws
    {
        var options = SimulatorOptions()
        options.script = [never(20, 1...3)] + (1...40).filter { $0 != 20 }.map { never($0, 1...2) }
        try await withSimulator(options) { simulator in
            let shell = try shell(rows: 60)
            try await kill(shell, simulator, slots: 40, answers: 0, requests: 40, inFlight: 40)
            try await kill(shell, simulator, slots: 40, answers: 0, requests: 80, inFlight: 40)
            // All that were in flight are asked again, and answered but for one.
            try await kill(shell, simulator, slots: 40, answers: 59, requests: 140)
            let before = simulator.counts().requests
            let fourth = try await shell.run(arguments(simulator, 40))
            #expect(fourth.code == 1, "\(fourth.errors)")
            #expect(fourth.errors.contains("1 × quarantined: the process died 3 times in a row"), "\(fourth.errors)")
            #expect(simulator.counts().requests == before)
            #expect(try await shell.run(arguments(simulator, 40)).code == 0)
            #expect(try shell.ids() == Array(1...60))

            #expect(await Deadline.wait { simulator.counts().inFlight == 0 })
            let third = await simulator.ledger().filter { $0.number > 80 && $0.number <= 140 }
            let (others, suspects) = (third.filter { $0.item! > 40 }, third.filter { $0.item! <= 40 })
            #expect(others.count == 20 && suspects.count == 40)
            // Few rows of the others may still be on their way when the last slots go on with those kept apart.
            let firstSuspect = suspects.map(\.number).min() ?? 0
            #expect(others.count { $0.number > firstSuspect } < 5)
        }
    }

    @Test func `a row that kills before those beside it are answered is found all the same`() async throws {
        var options = SimulatorOptions()
        options.script =
            [never(53, 1...4)] + (48...52).map { never($0, 1...3) } + (1...47).map { never($0, 1...2) }
        try await withSimulator(options) { simulator in
            let shell = try shell(rows: 53)
            try await kill(shell, simulator, slots: 53, answers: 0, requests: 53, inFlight: 53)
            try await kill(shell, simulator, slots: 53, answers: 0, requests: 106, inFlight: 53)
            // An eighth of them at once, whether the last slots know of all or of 48 by then; none is answered.
            try await kill(shell, simulator, slots: 53, answers: 0, requests: 112, inFlight: 6)
            // The others have their turn first, then these six one by one, in whatever order they were read.
            let child = try shell.start(arguments(simulator, 53))
            var since = ContinuousClock.now
            var answers = 0
            let isStuck = try await Deadline.wait {
                let now = try shell.ids().count
                if now != answers || noted(shell) != 1 { (answers, since) = (now, ContinuousClock.now) }
                return answers >= 47 && simulator.counts().requests == 113 + answers
                    && since.duration(to: .now) > .seconds(1)
            }
            child.signal(SIGKILL)
            #expect(await child.outcome().code == -SIGKILL)
            try #require(isStuck, "\(answers) answers, \(simulator.counts().requests) requests")
            let fifth = try await shell.run(arguments(simulator, 53))
            #expect(fifth.code == 1, "\(fifth.errors)")
            #expect(fifth.errors.contains("1 × quarantined: the process died 4 times in a row"), "\(fifth.errors)")
            #expect(try shell.ids() == Array(1...52))
        }
    }

    @Test func `rows that were in flight at two deaths for nothing are answered, and forgotten`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(nth: 1...128), .stall(.before, nil))]
        try await withSimulator(options) { simulator in
            let shell = try shell(rows: 64)
            try await kill(shell, simulator, slots: 64, answers: 0, requests: 64, inFlight: 64)
            try await kill(shell, simulator, slots: 64, answers: 0, requests: 128, inFlight: 64)
            let run = try await shell.run(arguments(simulator, 64))
            #expect(run.code == 0, "\(run.errors)")
            #expect(run.errors.contains("they are asked last"))
            #expect(try shell.ids() == Array(1...64))
            #expect(!TextFile.exists(shell.folder.file("out.jsonl.sluice/suspects")))
            #expect(await simulator.ledger().filter { $0.number > 128 }.count == 64)
        }
    }

    @Test func `a run that is stopped by a signal has not died of its rows`() async throws {
        var options = SimulatorOptions()
        options.script = [never(1, 1...2)]
        try await withSimulator(options) { simulator in
            let shell = try shell(rows: 3)
            for time in 1...2 {
                let child = try shell.start(arguments(simulator, 1) + ["--grace", "10ms"])
                #expect(await Deadline.wait { simulator.counts().requests == time })
                child.signal(SIGTERM)
                #expect(await child.outcome().code == 75)
                #expect(!TextFile.exists(shell.folder.file("out.jsonl.sluice/inflight")))
            }
            #expect(try await shell.run(arguments(simulator, 1)).code == 0)
            #expect(try shell.ids() == [1, 2, 3])
        }
    }

    @Test func `rows that come through a pipe are known again`() async throws {
        var options = SimulatorOptions()
        options.script = [never(2, 1...2)]
        try await withSimulator(options) { simulator in
            let shell = try shell(rows: 3)
            let run = "exec $sluice run - -o out.jsonl -m m -c 1 --base-url \(simulator.baseURL)"
            let pipe = "rm -f pipe; mkfifo pipe; gzip -c in.jsonl > pipe & \(run) < pipe"
            for requests in 2...3 {
                let child = try shell.startPipe(pipe)
                #expect(await Deadline.wait { simulator.counts().requests == requests }, "\(child.errors)")
                child.signal(SIGKILL)
                #expect(await child.outcome().code == -SIGKILL)
            }
            let third = try await shell.pipe(pipe)
            #expect(third.code == 1 && third.errors.contains("quarantined"), "\(third.errors)")
            #expect(try shell.ids() == [1, 3])
            #expect(try await shell.pipe(pipe).code == 0)
            #expect(try shell.ids() == [1, 2, 3])
        }
    }
}
