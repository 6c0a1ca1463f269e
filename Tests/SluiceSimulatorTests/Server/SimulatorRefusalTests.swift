import SluiceCore
import SluiceSimulator
import Testing

@Suite struct SimulatorRefusalTests {
    @Test func `a 429 says what, how much and when, in body and headers`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(requestsPerMinute: 6, tokensPerMinute: 60_000, bucketDepth: .seconds(60))
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            for left in (0..<6).reversed() {
                let reply = try client.chat("hello")
                #expect(reply.status == 200)
                #expect(reply.headers["x-ratelimit-limit-requests"] == "6")
                #expect(reply.headers["x-ratelimit-remaining-requests"] == "\(left)")
                #expect(reply.headers["x-ratelimit-limit-tokens"] == "60000")
                #expect(reply.headers["x-ratelimit-reset-tokens"] != nil)
                #expect(reply.headers["retry-after"] == nil)
            }
            let reply = try client.chat("hello")
            #expect(reply.status == 429)
            #expect(reply.errorCode == "rate_limit_exceeded")
            let error = try #require(reply.json?["error"])
            #expect(error["type"]?.string == "requests")
            #expect(error["param"]?.isNull == true)
            #expect(
                error["message"]?.string?.hasPrefix(
                    "Rate limit reached for m in organization org-simulated on requests per min (RPM): "
                        + "Limit 6, Used 6, Requested 1. Please try again in ") == true)
            // One comes back every ten seconds, of which the machine may have slept some.
            let milliseconds = try #require(reply.headers["retry-after-ms"].flatMap { Int($0) })
            #expect((1...10_000).contains(milliseconds))
            #expect(reply.headers["retry-after"] == "\((milliseconds + 999) / 1000)")
            #expect(reply.headers["x-ratelimit-remaining-requests"] == "0")
            #expect(reply.headers["x-ratelimit-reset-requests"]?.hasPrefix("5") == true)
            #expect(simulator.counts().refused == [429: 1])
            #expect(simulator.counts().answered == 6)
        }
    }

    @Test func `hints can be left out`() async throws {
        var options = SimulatorOptions()
        options.limits = .init(requestsPerMinute: 1)
        options.sendsRetryAfter = false
        options.saysWaitInMessage = false
        options.headers = .none
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            _ = try client.chat("hello")
            let reply = try client.chat("hello")
            #expect(reply.status == 429)
            #expect(reply.headers.keys.filter { $0.hasPrefix("x-ratelimit") || $0.hasPrefix("retry-after") } == [])
            #expect(!reply.body.text.contains("try again"))
        }
    }

    @Test func `keys are refused by their state, before anything else is looked at`() async throws {
        var options = SimulatorOptions()
        options.keys = ["sk-good-0001"]
        options.exhaustedKeys = ["sk-spent-0002"]
        options.deactivatedKeys = ["sk-closed-0003"]
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.chat("hello", key: "sk-good-0001").status == 200)
            let spent = try client.chat("hello", key: "sk-spent-0002")
            #expect(spent.status == 429 && spent.errorCode == "insufficient_quota")
            #expect(spent.json?["error"]?["type"]?.string == "insufficient_quota")
            #expect(spent.headers["retry-after"] == nil)
            let closed = try client.chat("hello", key: "sk-closed-0003")
            #expect(closed.status == 401 && closed.errorCode == "account_deactivated")
            try client.post("/v1/chat/completions", "not JSON", key: "sk-wrong-0004")
            let wrong = try client.reply()
            #expect(wrong.status == 401 && wrong.errorCode == "invalid_api_key")
            #expect(try client.get("/v1/models").status == 401)
        }
    }

    @Test(
        arguments: [
            (#"{"model":"m","messages":[}"#, nil, nil),
            ("", nil, nil),
            ("[]", nil, nil),
            (#"{"messages":[{"role":"user","content":"x"}]}"#, "model", "missing_required_parameter"),
            (#"{"model":"m"}"#, "messages", "missing_required_parameter"),
            (#"{"model":"m","messages":"x"}"#, "messages", "invalid_type"),
            (#"{"model":"m","messages":[]}"#, "messages", "empty_array"),
            (#"{"model":"m","messages":[{"content":"x"}]}"#, "messages[0].role", "missing_required_parameter"),
            (#"{"model":"m","messages":[{"role":"user"}],"n":0}"#, "n", "invalid_value"),
            (#"{"model":"m","messages":[{"role":"user"}],"max_tokens":"9"}"#, "max_tokens", "invalid_type"),
            (#"{"model":"m","messages":[{"role":"user"}],"stream":"yes"}"#, "stream", "invalid_type"),
            (#"{"model":"m","messages":[{"role":"user"}],"stream_options":{}}"#, "stream_options", nil),
        ] as [(String, String?, String?)])
    func `a body that cannot be served is refused with 400`(body: String, param: String?, code: String?) async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post("/v1/chat/completions", body)
            let reply = try client.reply()
            #expect(reply.status == 400)
            let error = try #require(reply.json?["error"])
            #expect(error["type"]?.string == "invalid_request_error")
            #expect(error["param"]?.string == param)
            #expect(error["code"]?.string == code)
            // The connection goes on.
            #expect(try client.chat("hello").status == 200)
        }
    }

    @Test func `other paths and methods are refused in the same shape`() async throws {
        try await withSimulator { simulator in
            let client = try RawClient(port: simulator.port)
            let path = try client.get("/v2/nothing?x=1")
            #expect(path.status == 404 && path.errorCode == "unknown_url")
            #expect(path.json?["error"]?["message"]?.string == "Invalid URL (GET /v2/nothing)")
            let method = try client.get("/v1/chat/completions")
            #expect(method.status == 405 && method.errorCode == "method_not_supported")
            let head = try client.get("/v1/models", method: "HEAD")
            #expect(head.status == 405)
            #expect(try client.get("/v1/models").status == 200)
        }
    }

    @Test func `a body over the cap is refused with 413, with a length and without`() async throws {
        var options = SimulatorOptions()
        options.bodyLimit = 1_000
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            #expect(try client.chat(String(repeating: "x", count: 2_000)).status == 413)
            let chunk = String(repeating: "x", count: 600)
            try client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
                    + "258\r\n\(chunk)\r\n258\r\n\(chunk)\r\n0\r\n\r\n")
            #expect(try client.reply().status == 413)
            #expect(try client.chat("hello").status == 200)
        }
    }

    @Test(arguments: zip([500, 503, 429], ["server_error", "server_is_overloaded", "rate_limit_exceeded"]))
    func `a fault is sent with its status and code`(status: Int, code: String) async throws {
        var options = SimulatorOptions()
        options.faults = .init(
            serverError: status == 500 ? 1 : 0, unavailable: status == 503 ? 1 : 0,
            tooManyRequests: status == 429 ? 1 : 0)
        try await withSimulator(options) { simulator in
            let reply = try RawClient(port: simulator.port).chat("hello")
            #expect(reply.status == status)
            #expect(reply.errorCode == code)
            #expect(reply.headers["retry-after"] == (status == 500 ? nil : "1"))
            #expect(await simulator.ledger().map(\.fault) == ["\(status)"])
        }
    }

    @Test func `a reset ends the connection without a byte`() async throws {
        var options = SimulatorOptions()
        options.faults.reset = 1
        try await withSimulator(options) { simulator in
            let client = try RawClient(port: simulator.port)
            try client.post("/v1/completions", #"{"model":"m","prompt":"item-9"}"#)
            #expect(client.ending() == .reset)
            let entry = try #require(await simulator.ledger().first)
            #expect(entry.status == nil && entry.fault == "reset" && entry.item == 9 && !entry.sent)
            #expect(simulator.counts().resets == 1)
            #expect(simulator.counts().unsent == 0)
        }
    }
}
