import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// A run that is refused has changed nothing: no answer has left the output, no failure is forgotten.
@Suite struct RefusedRunTests {
    /// What is wrong with a run.
    enum Mistake: CaseIterable { case badLine, certificate, model, key, noRows }

    @Test(arguments: Mistake.allCases)
    func `answers that were paid for stay where they are`(mistake: Mistake) async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...5) + [#"{"id":"6","nothing":1}"#], at: simulator.baseURL)
            #expect(try await job.run().counts.failed == 1)
            let output = TextFile.read(job.output)
            let errors = TextFile.read(job.errors)
            // An answer would become stale.
            try job.write([Job.prompt(1, "edited")] + Job.prompts(2...5))
            let mended = job
            switch mistake {
            case .badLine:
                try job.write([Job.prompt(1, "edited"), "{bad"] + Job.prompts(2...5))
                job.options.isStrict = true
                job.options.redo = true
            case .certificate: job.options.connection.authorities = [job.folder.file("missing.pem")]
            case .model: job.options.accounts[0].models = ["another"]
            case .key:
                job.options.accounts = try Job.accounts(at: simulator.baseURL, ["two\nlines"])
            case .noRows: try job.write([])
            }
            let error = try #require(await job.refusal())
            #expect([.configuration, .io].contains(error.code), "\(error)")
            #expect(TextFile.read(job.output) == output)
            #expect(TextFile.read(job.errors) == errors)
            #expect(!TextFile.exists(job.state("stale.jsonl")))
            #expect(await simulator.ledger().count == 5)
            if mistake == .noRows { return }
            try job.write([Job.prompt(1, "edited")] + Job.prompts(2...5))
            #expect(try await mended.run().counts.doneBefore == 4)
        }
    }
}
