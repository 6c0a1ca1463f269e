import SluiceCore
import SluiceSimulator
import Testing

@Suite struct SimulatorAnswerTests {
    @Test func `an answer has the shape of OpenAI's and repeats the mark of the row`() async throws {
        try await withSimulator { simulator in
            let reply = try RawClient(port: simulator.port).chat("item-0000042: say so")
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json")
            let json = try #require(reply.json)
            #expect(json["object"]?.string == "chat.completion")
            #expect(json["model"]?.string == "m")
            let choice = try #require(json["choices"]?.first)
            #expect(choice["index"]?.int == 0)
            #expect(choice["finish_reason"]?.string == "stop")
            #expect(choice["message"]?["role"]?.string == "assistant")
            let content = try #require(reply.content)
            #expect(content.hasPrefix("Answer to item-0000042: "))
            #expect(abs(content.utf8.count - 46 * 4) <= 1)
            let usage = try #require(json["usage"])
            // [{"role":"user","content":"item-0000042: say so"}]
            #expect(usage["prompt_tokens"]?.int == 13)
            #expect(usage["completion_tokens"]?.int == 46)
            #expect(usage["total_tokens"]?.int == 59)
        }
    }

    @Test func `without a mark the answer echoes the user's last words, escaped`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post(
                "/chat/completions",
                #"{"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"no"},"#
                    + #"{"role":"user","content":[{"type":"text","text":"a \"b\"\n\\ \u00e9😀"}]}],"model":"m\"x"}"#)
            let reply = try client.reply()
            #expect(reply.content?.hasPrefix("Answer to \"a \"b\"\n\\ é😀\": ") == true)
            #expect(reply.json?["model"]?.string == "m\"x")
        }
    }

    @Test func `the mark in the last question counts, not that of an example before it`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post(
                "/v1/chat/completions",
                #"{"model":"m","metadata":{"x":"item-1"},"messages":[{"role":"user","content":"item-2"},"#
                    + #"{"role":"user","content":"an item- and item-33."}]}"#)
            #expect(try client.reply().content?.hasPrefix("Answer to item-33: ") == true)
        }
    }

    @Test func `several samples are several choices`() async throws {
        try await withSimulator { simulator in
            let reply = try RawClient(port: simulator.port).chat("item-7", more: #","n":3,"max_tokens":20"#)
            let choices = try #require(reply.json?["choices"]?.elements)
            #expect(choices.map { $0["index"]?.int } == [0, 1, 2])
            #expect(Set(choices.compactMap { $0["message"]?["content"]?.string }).count == 3)
            #expect(choices.allSatisfy { $0["finish_reason"]?.string == "length" })
            #expect(reply.json?["usage"]?["completion_tokens"]?.int == 60)
        }
    }

    @Test func `completions answer each prompt for itself`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post("/v1/completions", #"{"model":"m","prompt":["item-5 a","item-6 b"],"n":2}"#)
            let json = try #require(try client.reply().json)
            #expect(json["object"]?.string == "text_completion")
            let choices = try #require(json["choices"]?.elements)
            #expect(choices.map { $0["index"]?.int } == [0, 1, 2, 3])
            let texts = choices.compactMap { $0["text"]?.string?.prefix(17) }
            #expect(texts == ["Answer to item-5:", "Answer to item-5:", "Answer to item-6:", "Answer to item-6:"])
            try client.post("/v1/completions", #"{"model":"m","prompt":[1,2,3]}"#)
            #expect(try client.reply().json?["choices"]?.elements.count == 1)
        }
    }

    @Test func `embeddings are unit vectors that depend on the text alone`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            func vectors(_ body: String) throws -> [[Double]] {
                try client.post("/v1/embeddings", body)
                let data = try #require(try client.reply().json?["data"])
                return data.elements.map { $0["embedding"]?.elements.compactMap(\.double) ?? [] }
            }
            let first = try vectors(#"{"model":"e","input":["cat","dog","cat"]}"#)
            #expect(first.count == 3)
            #expect(first[0].count == 8)
            #expect(first[0] == first[2] && first[0] != first[1])
            #expect(try vectors(#"{"model":"e","input":"dog"}"#) == [first[1]])
            #expect(abs(first[0].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            #expect(try vectors(#"{"model":"e","input":"dog","dimensions":5}"#)[0].count == 5)
        }
    }

    @Test(arguments: 1...4)
    func `base64 vectors hold the same numbers`(dimensions: Int) async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let body = #"{"model":"e","input":"dog","dimensions":\#(dimensions)"#
            try client.post("/v1/embeddings", body + "}")
            let plain = try #require(try client.reply().json?["data"]?.first?["embedding"]?.elements)
            try client.post("/v1/embeddings", body + #","encoding_format":"base64"}"#)
            let text = try #require(try client.reply().json?["data"]?.first?["embedding"]?.string)
            #expect(text.utf8.count % 4 == 0)
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
            let bits = text.filter { $0 != "=" }.compactMap { alphabet.firstIndex(of: $0) }
                .flatMap { digit in (0..<6).map { digit >> (5 - $0) & 1 } }
            let bytes = (0..<dimensions * 4).map { byte in (0..<8).reduce(0) { $0 << 1 | bits[byte * 8 + $1] } }
            let numbers = (0..<dimensions).map { place in
                Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place * 4 + $1]) << UInt32(8 * $1) })
            }
            #expect(numbers.map(Double.init) == plain.compactMap(\.double))
        }
    }

    @Test func `one request asks for no more than fits into memory`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            func status(_ path: String, _ count: Int, _ name: String, _ more: String) throws -> Int {
                let texts = Array(repeating: #""a""#, count: count).joined(separator: ",")
                try client.post(path, #"{"model":"m","\#(name)":[\#(texts)],\#(more)}"#)
                let reply = try client.reply()
                #expect(reply.status == 200 || reply.errorCode == "invalid_value")
                return reply.status
            }
            #expect(try status("/v1/completions", 1024, "prompt", #""n":2"#) == 200)
            #expect(try status("/v1/completions", 1025, "prompt", #""n":2"#) == 400)
            #expect(try status("/v1/completions", 2048, "prompt", #""n":8,"stream":true"#) == 400)
            #expect(try status("/v1/embeddings", 2, "input", #""dimensions":65536"#) == 200)
            #expect(try status("/v1/embeddings", 2048, "input", #""dimensions":3073"#) == 400)
        }
    }

    @Test func `the models are listed, and others do not exist`() async throws {
        var options = SimulatorOptions()
        options.models = ["large", "small"]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            let list = try client.get("/v1/models")
            #expect(list.json?["data"]?.elements.compactMap { $0["id"]?.string } == ["large", "small"])
            let reply = try client.chat("hello")
            #expect(reply.status == 404)
            #expect(reply.errorCode == "model_not_found")
        }
    }

    @Test func `Azure's way of naming key and model is understood`() async throws {
        var options = SimulatorOptions()
        options.keys = ["azure-key"]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post(
                "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
                #"{"messages":[{"role":"user","content":"hi"}]}"#, key: nil, headers: "api-key: azure-key\r\n")
            let reply = try client.reply()
            #expect(reply.status == 200)
            #expect(reply.json?["model"]?.string == "my-gpt")
        }
    }
}
