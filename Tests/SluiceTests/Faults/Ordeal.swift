import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// A run against a provider that does something wrong, with what both sides know of it afterwards.
struct Ordeal {
    /// The rows of a run, `item-1` to this.
    static let rows = 60
    /// The rows that meet a fault, where it is bound to rows.
    static let victims = [7, 23, 42]

    let job: Job
    let summary: RunSummary
    let ledger: [LedgerEntry]

    /// Runs all rows; each must be accounted for, and each answer must be its own row's.
    init(
        _ rules: [FaultRule], keys: [String] = [], simulator change: (inout SimulatorOptions) -> Void = { _ in },
        job adapt: (inout RunOptions) -> Void = { _ in }
    ) async throws {
        var options = SimulatorOptions()
        options.script = rules
        change(&options)
        (job, summary, ledger) = try await withSimulator(options) { simulator in
            var job = try Job(Job.prompts(1...Self.rows), at: simulator.baseURL, keys: keys)
            job.options.concurrency = 8
            adapt(&job.options)
            let summary = try await job.run()
            await simulator.stop()
            return (job, summary, await simulator.ledger())
        }
        let ids = try job.ids()
        #expect(Set(ids).count == ids.count && ids.count == summary.counts.answered)
        for answer in try job.answers() {
            let text = answer["output"]?.string ?? ""
            #expect(text.contains("Answer to item-\(answer["id"]?.string ?? "?"): "), "\(text.prefix(80))")
        }
    }

    /// The same fault for each victim's first tries; one try unless said otherwise.
    static func first(_ fault: Fault, tries: Int = 1) -> [FaultRule] {
        victims.map { FaultRule(.init(prompt: "item-\($0)", nth: 1...tries), fault) }
    }

    /// Requests for which the provider may have been paid although their answer did not come: all whose head it sent
    /// as a success, or that it let hang, but for those that are in the output.
    var lostPayments: Int { ledger.count { ($0.status ?? 200) == 200 } - summary.counts.answered }

    /// How many attempts counted for the answer of each victim.
    func attemptsOfVictims() throws -> [Int?] { try attempts(Self.victims) }

    func attempts(_ items: [Int]) throws -> [Int?] {
        let answers = try job.answers()
        return items.map { item in
            answers.first { $0["id"]?.string == "\(item)" }?["sluice"]?["attempts"]?.int
        }
    }

    /// How often the provider was asked about each item that it was not asked about once.
    var askedAgain: [Int: Int] {
        Dictionary(grouping: ledger.compactMap(\.item), by: { $0 }).mapValues(\.count).filter { $0.value != 1 }
    }

    /// Every row is answered, the others at the first try.
    func expectAllAnswered(attempts: Int, isPaid: Bool) throws {
        #expect(summary.exitCode == 0, "\(summary)")
        #expect(summary.counts.answered == Self.rows)
        #expect(try attemptsOfVictims() == Self.victims.map { _ in attempts })
        #expect(summary.counts.attempts == ledger.count)
        #expect(askedAgain == (attempts == 1 ? [:] : [7: attempts, 23: attempts, 42: attempts]))
        #expect(summary.counts.possiblyPaidTwice == (isPaid ? Self.victims.count * (attempts - 1) : 0))
        #expect(summary.counts.possiblyPaidTwice == lostPayments)
    }

    /// The victims fail in a way, and all others are answered at the first try.
    func expectVictimsFail(class kind: String, status: Int?, code: String?) throws {
        #expect(summary.exitCode == 1, "\(summary)")
        #expect(summary.counts.answered == Self.rows - Self.victims.count)
        let failures = try job.failures().sorted { ($0["line"]?.int ?? 0) < ($1["line"]?.int ?? 0) }
        #expect(failures.map { $0["id"]?.string } == Self.victims.map { "\($0)" })
        for failure in failures {
            #expect(failure["error"]?["class"]?.string == kind)
            #expect(failure["error"]?["status"]?.int == status)
            #expect(failure["error"]?["code"]?.string == code)
        }
        #expect(summary.counts.attempts == ledger.count)
        #expect(summary.counts.possiblyPaidTwice == lostPayments)
    }
}
