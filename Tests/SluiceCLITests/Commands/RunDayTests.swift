import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Limits per day and shared limits, with real processes.
@Suite struct RunDayTests {
    @Test func `a day is not passed by runs that are killed, and what a kill leaves unused is little`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(30))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 400)
            let arguments = [
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "-c", "4", "--rpd",
                "200",
            ]
            for kill in 1...3 {
                let process = try shell.start(arguments)
                #expect(await Deadline.wait { simulator.counts().requests >= kill * 40 })
                process.signal(9)
                _ = await process.outcome()
            }
            let end = try await shell.run(arguments)
            #expect(end.code == 3, "\(end)")
            #expect(end.errors.contains("requests per day"), "\(end)")
            #expect(end.errors.contains("run again after"), "\(end)")
            let sent = await simulator.ledger().count
            #expect(sent <= 200)
            #expect(sent >= 140, "\(sent)")
            // Another output: the day is the account's.
            let other = try await shell.run(
                ["run", "in.jsonl", "-o", "other.jsonl", "-m", "m", "--base-url", simulator.baseURL, "--rpd", "200"])
            #expect(other.code == 3, "\(other)")
            #expect(await simulator.ledger().count == sent)
            #expect(TextFile.exists(shell.folder.file(".local/state/sluice/accounts.db")))
        }
    }

    @Test func `two processes that share an account use it up and are not refused`() async throws {
        var options = SimulatorOptions()
        options.keys = ["sk-shared-key-0001"]
        options.limits = .init(requestsPerMinute: 3000, bucketDepth: .milliseconds(250))
        options.limits.concurrency = 40
        options.latency = .fixed(.milliseconds(20))
        try await withSimulator(options) { simulator in
            var shell = try Shell(rows: 400)
            shell.environment["OPENAI_API_KEY"] = "sk-shared-key-0001"
            try TextFile.write(
                """
                providers:
                  - base_url: \(simulator.baseURL)
                    limits: {rpm: 3000, concurrency: 40, rpd: 800}
                    accounts: [{keys: [env:OPENAI_API_KEY]}]
                """, to: shell.folder.file("sluice.yaml"))
            let processes = try [0, 1].map { part in
                try shell.start([
                    "run", "in.jsonl", "-o", "out-\(part).jsonl", "-m", "m", "--share-limits", "\(part)/2",
                ])
            }
            for process in processes {
                let end = await process.outcome()
                #expect(end.code == 0, "\(end)")
            }
            let ledger = await simulator.ledger()
            #expect(ledger.count { $0.status == 429 } == 0)
            #expect(ledger.paid.count == 800)
            #expect(simulator.counts().mostInFlight <= 40)
            // The first second and the last are left out, in which one of them may be alone.
            let times = ledger.map { Double($0.time.nanoseconds) / 1e9 }.sorted()
            let (begin, end) = (times[0] + 1, times[799] - 1)
            let middle = times.count { $0 >= begin && $0 < end }
            #expect(Double(middle) >= 0.95 * 50 * (end - begin), "\(middle) in \(end - begin) s")
        }
    }

    @Test func `a limit that is too small to be shared is said so`() async throws {
        let shell = try Shell(rows: 1)
        let end = try await shell.run([
            "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", "http://127.0.0.1:1", "--rpd", "1",
            "--share-limits", "1/2",
        ])
        #expect(end.code == 2)
        #expect(end.errors.contains("cannot be shared by 2"), "\(end)")
    }
}
