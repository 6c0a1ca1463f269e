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
            // A day of the calendar might end in the meantime.
            try shell.write(
                ["providers:", "  - base_url: \(simulator.baseURL)", "    limits: {rpd: 200, day: rolling}"],
                to: "sluice.yaml")
            let arguments = ["run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "-c", "4"]
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
            let other = try await shell.run("run", "in.jsonl", "-o", "other.jsonl", "-m", "m")
            #expect(other.code == 3, "\(other)")
            #expect(await simulator.ledger().count == sent)
            #expect(TextFile.exists(shell.folder.file(".local/state/sluice/accounts.db")))
        }
    }

    @Test func `two processes that share an account use it up and are not refused`() async throws {
        var options = SimulatorOptions()
        options.keys = ["sk-shared-key-0001"]
        options.limits = .init(requestsPerMinute: 3000, bucketDepth: .seconds(2))
        options.limits.concurrency = 40
        options.latency = .fixed(.milliseconds(20))
        try await withSimulator(options) { simulator in
            var shell = try Shell()
            for part in 0...1 {
                try shell.write((part * 400 + 1...part * 400 + 400).map(Shell.prompt), to: "in-\(part).jsonl")
            }
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
                    "run", "in-\(part).jsonl", "-o", "out-\(part).jsonl", "-m", "m", "--share-limits", "\(part)/2",
                ])
            }
            for process in processes {
                let end = await process.outcome()
                #expect(end.code == 0, "\(end)")
            }
            let ledger = await simulator.ledger()
            #expect(ledger.count { $0.status == 429 } == 0)
            #expect(ledger.paid == Array(1...800))
            #expect(simulator.counts().mostInFlight <= 40)
            // While both send, the account is used nearly up.
            let times = [1...400, 401...800].map { items in
                ledger.filter { items.contains($0.item ?? 0) }.map { Double($0.time.nanoseconds) / 1e9 }.sorted()
            }
            let (begin, end) = (max(times[0][0], times[1][0]), min(times[0][399], times[1][399]))
            let both = times.joined().count { $0 >= begin && $0 < end }
            #expect(Double(both) >= 0.8 * 50 * (end - begin), "\(both) in \(end - begin) s")
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

    @Test func `limits of many digits in the configuration are as good as none`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 5)
            let digits = String(repeating: "9", count: 20)
            try shell.write(
                [
                    "providers:", "  - base_url: \(simulator.baseURL)",
                    "    limits: {rpd: \(digits), tpd: \(digits), rpm: \(digits), tpm: \(digits), concurrency: \(digits)}",
                ], to: "sluice.yaml")
            let end = try await shell.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--share-limits", "0/2")
            #expect(end.code == 0, "\(end)")
            let shared = try await shell.run(
                "run", "in.jsonl", "-o", "other.jsonl", "-m", "m", "--share-limits", "0/\(digits.dropLast(2))")
            #expect(shared.code == 2, "\(shared)")
            #expect(shared.errors.contains("cannot be shared by"), "\(shared)")
        }
    }
}
