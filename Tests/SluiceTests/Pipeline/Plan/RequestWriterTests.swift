import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import SluiceTokens
import Testing

@Suite struct RequestWriterTests {
    private static let row =
        #"{"model":"own","messages":[{"role":"user","content":"hi"}],"temperature":1,"big":"column"}"#

    private func json(_ text: String) throws -> JSON { try JSON.parse(Bytes(text)) }

    @Test func `the run's model and parameters replace the row's own, further ones come behind`() throws {
        let parameters = [
            (name: "temperature", value: try json("0.0")),
            (name: "chat_template_kwargs", value: try json(#"{"a":[]}"#)),
        ]
        let body = try Body.of(Self.row) { asking in
            asking.model = "run's"
            asking.parameters = parameters
        }
        #expect(
            body == #"{"model":"run's","messages":[{"role":"user","content":"hi"}],"big":"column","#
                + #""temperature":0.0,"chat_template_kwargs":{"a":[]}}"#)
    }

    @Test func `the model of a column comes before the run's`() throws {
        let body = try Body.of(Self.row) { asking in
            asking.model = "run's"
            asking.modelField = "big"
        }
        #expect(body.hasPrefix(#"{"model":"column","#))
    }

    @Test func `a row for which nobody names a model fails with a hint`() async throws {
        try await withSimulator { simulator in
            var job = try Job([Job.prompt(1)], at: simulator.baseURL)
            job.options.asking.model = nil
            let summary = try await job.run()
            #expect(summary.exitCode == 1)
            #expect(try job.failures().first?["error"]?["code"]?.string == "no_model")
            #expect(await simulator.ledger().isEmpty)
        }
    }

    @Test func `the tokens of the prompt of an unknown model are estimated from its characters`() throws {
        // A message counts 4, "user" and "hi" 1 each: a token for four characters, rounded up.
        #expect(try Body.dryRun(Self.row).prompt.tokens == 6)
    }
}
