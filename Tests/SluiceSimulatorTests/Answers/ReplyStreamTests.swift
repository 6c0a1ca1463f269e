import SluiceCore
import SluiceSimulator
import Testing

@Suite struct ReplyStreamTests {
    /// The data of the events in a stream.
    private func events(_ chunks: [String]) -> [String] {
        let stream = chunks.joined()
        #expect(stream.hasSuffix("\n\n"))
        return stream.split(separator: "\n\n").map { event in
            #expect(event.hasPrefix("data: "))
            #expect(!event.contains("\n"))
            return String(event.dropFirst(6))
        }
    }

    private func parsed(_ events: [String]) throws -> [JSON] {
        #expect(events.last == "[DONE]")
        return try events.dropLast().map { try JSON.parse(Bytes($0)) }
    }

    private func ask(_ client: RawClient, _ path: String, _ body: String) throws -> [JSON] {
        try client.post(path, body)
        let (reply, chunks) = try client.chunkedReply()
        #expect(reply.status == 200)
        #expect(reply.headers["content-type"] == "text/event-stream")
        #expect(reply.headers["transfer-encoding"] == "chunked")
        #expect(reply.headers["content-length"] == nil)
        return try parsed(events(chunks))
    }

    @Test func `a stream says who speaks, then the text in tokens, then why it ends`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let question = #"{"model":"m","messages":[{"role":"user","content":"item-42 \u00e9"}]"#
            let chunks = try ask(client, "/v1/chat/completions", question + #","stream":true}"#)
            #expect(chunks.count == 48)
            for chunk in chunks {
                #expect(chunk["object"]?.string == "chat.completion.chunk")
                #expect(chunk["id"]?.string == "chatcmpl-sim1")
                #expect(chunk["model"]?.string == "m")
                #expect(chunk["created"]?.int != nil)
                #expect(chunk["usage"] == nil)
                let choice = try #require(chunk["choices"]?.first)
                #expect(choice["index"]?.int == 0)
                #expect(choice["logprobs"]?.isNull == true)
            }
            let choices = chunks.compactMap { $0["choices"]?.first }
            #expect(choices[0]["delta"]?["role"]?.string == "assistant")
            #expect(choices[0]["delta"]?["content"]?.string == "")
            #expect(choices[47]["delta"]?.elements.isEmpty == true && choices[47]["delta"]?["content"] == nil)
            #expect(choices[47]["finish_reason"]?.string == "stop")
            #expect(choices.dropLast().allSatisfy { $0["finish_reason"]?.isNull == true })
            let text = choices[1..<47].compactMap { $0["delta"]?["content"]?.string }
            #expect(text.count == 46)
            // The same text as without a stream, on the same connection.
            try client.post("/v1/chat/completions", question + "}")
            #expect(try client.reply().content == text.joined())
            #expect(text.joined().hasPrefix("Answer to item-42: "))
        }
    }

    @Test func `a stream has the mark of its row however short it is`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let chunks = try ask(
                client, "/v1/chat/completions",
                #"{"model":"m","messages":[{"role":"user","content":"item-0000042"}],"max_tokens":2,"stream":true}"#)
            let texts = chunks.compactMap { $0["choices"]?.first?["delta"]?["content"]?.string }
            #expect(texts.joined() == "Answer to item-0000042:" && texts.count == 3)
        }
    }

    @Test func `a stream that is larger than the buffers comes once, and the next answer after it`() async throws {
        var options = SimulatorOptions()
        options.answerTokens = 1_000
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            for item in 1...3 {
                let chunks = try ask(
                    client, "/v1/chat/completions",
                    #"{"model":"m","messages":[{"role":"user","content":"item-\#(item)"}],"stream":true}"#)
                #expect(chunks.count == 1_002)
                let text = chunks.compactMap { $0["choices"]?.first?["delta"]?["content"]?.string }.joined()
                #expect(text.hasPrefix("Answer to item-\(item): "))
            }
            #expect(try client.chat("item-4").content?.hasPrefix("Answer to item-4: ") == true)
            #expect(client.rest.isEmpty)
            #expect(await simulator.ledger().map(\.item) == [1, 2, 3, 4])
        }
    }

    @Test func `usage comes in a chunk of its own if it was asked for`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let chunks = try ask(
                client, "/v1/chat/completions",
                #"{"model":"m","messages":[{"role":"user","content":"item-1"}],"stream":true,"max_tokens":7,"#
                    + #""stream_options":{"include_usage":true}}"#)
            #expect(chunks.count == 10)
            #expect(chunks.dropLast().allSatisfy { $0["usage"]?.isNull == true })
            #expect(chunks[8]["choices"]?.first?["finish_reason"]?.string == "length")
            let last = try #require(chunks.last)
            #expect(last["choices"]?.elements.isEmpty == true)
            #expect(last["usage"]?["prompt_tokens"]?.int == 9)
            #expect(last["usage"]?["completion_tokens"]?.int == 7)
            #expect(last["usage"]?["total_tokens"]?.int == 16)
        }
    }

    @Test func `the chunks of several choices interleave`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let chunks = try ask(
                client, "/v1/chat/completions",
                #"{"model":"m","messages":[{"role":"user","content":"item-9"}],"stream":true,"n":3,"max_tokens":20}"#)
            let indices = chunks.compactMap { $0["choices"]?.first?["index"]?.int }
            #expect(indices.prefix(9) == [0, 1, 2, 0, 1, 2, 0, 1, 2])
            let texts = (0..<3).map { index in
                chunks.compactMap { $0["choices"]?.first }.filter { $0["index"]?.int == index }
                    .compactMap { $0["delta"]?["content"]?.string }.joined()
            }
            try client.post(
                "/v1/chat/completions",
                #"{"model":"m","messages":[{"role":"user","content":"item-9"}],"n":3,"max_tokens":20}"#)
            let whole = try client.reply().json?["choices"]?.elements.compactMap { $0["message"]?["content"]?.string }
            #expect(whole == texts)
        }
    }

    @Test func `completions are streamed as text`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let chunks = try ask(
                client, "/v1/completions", #"{"model":"m","prompt":["item-1","a \"ü😀\" b"],"stream":true}"#)
            #expect(chunks.allSatisfy { $0["object"]?.string == "text_completion" })
            let texts = (0..<2).map { index in
                chunks.compactMap { $0["choices"]?.first }.filter { $0["index"]?.int == index }
                    .compactMap { $0["text"]?.string }.joined()
            }
            #expect(texts[0].hasPrefix("Answer to item-1: "))
            #expect(texts[1].hasPrefix("Answer to \"a \"ü😀\" b\": "))
            #expect(chunks.last?["choices"]?.first?["finish_reason"]?.string == "stop")
        }
    }

    @Test func `tokens come one after the other, in their time`() async throws {
        var options = SimulatorOptions()
        options.answerTokens = 10
        options.latency = .init(median: .milliseconds(200), perToken: .milliseconds(100))
        options.speed = 10
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post(
                "/v1/chat/completions",
                #"{"model":"m","messages":[{"role":"user","content":"item-3"}],"stream":true}"#)
            let (_, chunks) = try client.chunkedReply()
            // The first speaks, the last ends; each token is a chunk of its own, since 10 ms lie between them.
            #expect(chunks.count == 12)
            #expect(chunks[0].contains(#""role":"assistant""#))
            #expect(chunks[11].hasSuffix("data: [DONE]\n\n"))
            #expect(chunks[1..<11].allSatisfy { $0.split(separator: "\n\n").count == 1 })
            let entry = try #require(await simulator.ledger().first)
            #expect(entry.duration >= .milliseconds(120))
            #expect(entry.sent)
            #expect(simulator.counts().answered == 1)
        }
    }

    @Test func `a refused stream is a plain reply`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(requestsPerMinute: 1)
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            let body = #"{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}"#
            try client.post("/v1/chat/completions", body)
            _ = try client.chunkedReply()
            try client.post("/v1/chat/completions", body)
            let reply = try client.reply()
            #expect(reply.status == 429)
            #expect(reply.errorCode == "rate_limit_exceeded")
        }
    }
}
