import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct SignalsTests {
    private func start(_ shell: Shell, _ simulator: Simulator, _ slots: Int) throws -> ChildProcess {
        try shell.start(
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "-c", "\(slots)")
    }

    @Test(arguments: [(Int32(2), Int32(130)), (15, 75)])
    func `a signal lets requests in flight finish, and the same command goes on`(signal: Int32, code: Int32)
        async throws
    {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(100))
        try await withSimulator(options) { simulator in
            // Long enough that the signal comes in the middle, however busy the machine is.
            let shell = try Shell(rows: 2000)
            let process = try start(shell, simulator, 8)
            #expect(await Deadline.wait { simulator.counts().answered >= 16 })
            process.signal(signal)
            let end = await process.outcome()
            #expect(end.code == code, "\(end)")
            #expect(end.errors.contains("hint: run the same command again"))
            var ledger = await simulator.ledger()
            #expect(ledger.count < 2000)
            #expect(ledger.allSatisfy { $0.status == 200 && $0.sent })
            #expect(ledger.paid == (try shell.ids()))
            #expect(await Deadline.wait { simulator.counts().inFlight == 0 })
            #expect(await (try start(shell, simulator, 400)).outcome().code == 0)
            ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...2000))
            #expect(try shell.ids() == Array(1...2000))
        }
    }

    @Test func `asking all again goes on after a signal, as its hint says`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(100))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 400)
            #expect(await (try start(shell, simulator, 400)).outcome().code == 0)
            let redo = [
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m2", "--base-url", simulator.baseURL, "--redo-all", "-c",
            ]
            let process = try shell.start(redo + ["4"])
            #expect(await Deadline.wait { simulator.counts().answered >= 408 })
            process.signal(15)
            let end = await process.outcome()
            #expect(end.code == 75 && end.errors.contains("hint: run the same command again"), "\(end)")
            let again = try await shell.run(redo + ["400"])
            #expect(again.code == 0 && again.errors.contains("going on with --redo-all"), "\(again)")
            #expect(await simulator.ledger().paid == (1...400).flatMap { [$0, $0] })
            #expect(try shell.ids() == Array(1...400))
        }
    }

    @Test func `a second interrupt stops at once`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(300))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 20)
            let process = try start(shell, simulator, 4)
            #expect(await Deadline.wait { simulator.counts().inFlight == 4 })
            process.signal(2)
            #expect(await Deadline.wait { process.errors.contains("once more to stop now") })
            process.signal(2)
            let end = await process.outcome()
            #expect(end.code == 130, "\(end)")
            #expect(end.errors.contains("20 left"))
        }
    }

    @Test func `a second interrupt also ends the wait for room on a full disk`() async throws {
        try await withSimulator(SimulatorOptions()) { simulator in
            let shell = try Shell(rows: 20)
            let run = "exec $sluice run in.jsonl -o - -m m -c 4 --disk-wait 1h --base-url \(simulator.baseURL)"
            let process = try shell.startPipe(run + " > /dev/full")
            #expect(await Deadline.wait { process.errors.contains("no space left") })
            process.signal(2)
            #expect(await Deadline.wait { process.errors.contains("once more to stop now") })
            process.signal(2)
            let end = await process.outcome()
            // The loss of answers in hand outweighs the interruption.
            #expect(end.code == 6, "\(end)")
            #expect(end.errors.contains("in hand could not be written"))
        }
    }

    @Test func `killed again and again nothing is lost and little is paid twice`() async throws {
        var options = SimulatorOptions()
        // Half a minute for all rows, so that a run is killed in the middle however busy the machine is.
        options.latency = .fixed(.milliseconds(150))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 4000)
            let (slots, kills) = (16, 3)
            for _ in 1...kills {
                let before = simulator.counts().answered
                let process = try start(shell, simulator, slots)
                #expect(await Deadline.wait { simulator.counts().answered >= before + 70 })
                process.signal(9)
                #expect(await process.outcome().code == -9)
            }
            #expect(await Deadline.wait { simulator.counts().inFlight == 0 })
            let end = try await (start(shell, simulator, 400)).outcome()
            #expect(end.code == 0, "\(end)")
            #expect(try shell.ids() == Array(1...4000))
            let paid = await simulator.ledger().paid
            #expect(Set(paid) == Set(1...4000))
            #expect(paid.count - 4000 <= kills * slots)
            #expect(try shell.objects("out.jsonl").allSatisfy { $0["sluice"]?["hash"] != nil })
        }
    }
}
