import SluiceCore
import SluiceTokens
import Testing

@Suite struct ChatTokenEstimatorTests {
    /// The example of OpenAI's cookbook, "How to count tokens with tiktoken".
    private let dialogue = """
        [{"role":"system","content":"You are a helpful, pattern-following assistant that translates corporate jargon into plain English."},
        {"role":"system","name":"example_user","content":"New synergies will help drive top-line growth."},
        {"role":"system","name":"example_assistant","content":"Things working well together will increase revenue."},
        {"role":"system","name":"example_user","content":"Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."},
        {"role":"system","name":"example_assistant","content":"Let's talk later when we're less busy about how to do better."},
        {"role":"user","content":"This late pivot means we don't have time to boil the ocean for the client deliverable."}]
        """
    /// The cookbook's example with a tool.
    private let weather = """
        [{"role":"system","content":"You are a helpful assistant that can answer to questions about the weather."},
        {"role":"user","content":"What's the weather like in San Francisco?"}]
        """
    private let tools = """
        "tools":[{"type":"function","function":{"name":"get_current_weather","description":"Get the current weather in a given location",
        "parameters":{"type":"object","properties":{"location":{"type":"string","description":"The city and state, e.g. San Francisco, CA"},
        "unit":{"type":"string","description":"The unit of temperature to return","enum":["celsius","fahrenheit"]}},"required":["location"]}}}]
        """

    private func chat(_ model: String, _ messages: String, _ parameters: String = "") throws -> Request {
        let question = try JSON.parse(Bytes(messages))
        if !parameters.isEmpty { _ = try JSON.parse(Bytes("{\(parameters)}")) }
        return Request(
            model: model, question: question.raw, parameters: Bytes(parameters), turns: question.elements.count)
    }

    private func estimate(_ model: String, _ messages: String, _ parameters: String = "") throws -> TokenEstimate {
        var estimator = ChatTokenEstimator(model: model)
        return estimator.estimate(try chat(model, messages, parameters))
    }

    @Test(arguments: [
        ("gpt-3.5-turbo-0301", 127), ("gpt-3.5-turbo-0613", 129), ("gpt-3.5-turbo", 129), ("gpt-4-0314", 129),
        ("gpt-4-0613", 129), ("gpt-4", 129), ("gpt-4o", 124), ("gpt-4o-mini", 124),
    ])
    func `the cookbook's dialogue has the tokens that OpenAI counted`(_ model: String, _ tokens: Int) throws {
        #expect(try estimate(model, dialogue) == TokenEstimate(tokens: tokens, method: .exact))
    }

    @Test(arguments: [("gpt-3.5-turbo", 105), ("gpt-4", 105), ("gpt-4o", 101), ("gpt-4o-mini", 101)])
    func `the cookbook's tool has the tokens that OpenAI counted`(_ model: String, _ tokens: Int) throws {
        #expect(try estimate(model, weather, tools) == TokenEstimate(tokens: tokens, method: .documented))
    }

    @Test func `a model whose chat overhead nobody checked is documented`() throws {
        #expect(try estimate("gpt-5-mini", dialogue) == TokenEstimate(tokens: 124, method: .documented))
    }

    @Test func `special tokens in a message are ordinary text`() throws {
        let plain = try estimate("gpt-4o", #"[{"role":"user","content":""}]"#).tokens
        let special = try estimate("gpt-4o", #"[{"role":"user","content":"<|endoftext|>"}]"#).tokens
        var counter = Counter(.o200kBase)
        #expect(special - plain == counter.count("<|endoftext|>"))
    }

    @Test func `escapes are counted as what they stand for`() throws {
        let written = #"[{"role":"user","content":"caf\u00e9 \"x\"\n"}]"#
        let direct = "[{\"role\":\"user\",\"content\":\"café \\\"x\\\"\\n\"}]"
        #expect(try estimate("gpt-4o", written) == estimate("gpt-4o", direct))
    }

    @Test func `an image counts by its size, not by its bytes`() throws {
        // A PNG header: 1024 by 1024 pixels.
        let header: [UInt8] =
            [
                0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 4, 0, 0, 0,
                4, 0,
            ]
        let data = Base64.text(header + [UInt8](repeating: 7, count: 90_000))
        func message(_ detail: String) -> String {
            """
            [{"role":"user","content":[{"type":"text","text":"What is this?"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,\(data)"\(detail)}}]}]
            """
        }
        let text = try estimate("gpt-4o", #"[{"role":"user","content":"What is this?"}]"#).tokens
        let high = try estimate("gpt-4o", message(""))
        #expect(high == TokenEstimate(tokens: text + 765, method: .documented))
        #expect(try estimate("gpt-4o", message(#","detail":"low""#)).tokens == text + 85)
    }

    @Test func `a call of a function in an earlier answer is counted`() throws {
        let call = """
            [{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function",
            "function":{"name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}}]}]
            """
        let without = try estimate("gpt-4o", #"[{"role":"user","content":"x"},{"role":"assistant","content":null}]"#)
        let with = try estimate("gpt-4o", call)
        #expect(with.method == .documented)
        #expect(with.tokens > without.tokens + 5)
    }

    @Test func `texts for embeddings are counted exactly`() throws {
        var estimator = ChatTokenEstimator(model: "text-embedding-3-small")
        let request = Request(
            endpoint: .embeddings, model: "text-embedding-3-small",
            question: Bytes(#"["hello world","tiktoken is great!"]"#), turns: 2)
        #expect(estimator.estimate(request) == TokenEstimate(tokens: 8, method: .exact))
    }

    @Test(arguments: [
        ("claude-sonnet-4-5", 10 + 4 + 2), ("gemini-2.5-flash", 9 + 4 + 1), ("deepseek-chat", 11 + 4 + 2),
        ("some-model", 9 + 4 + 1),
    ])
    func `models without a public vocabulary follow their provider's rule`(_ model: String, _ tokens: Int) throws {
        // 35 characters of ASCII, and a role of 4.
        let text = "Thirty-five characters of English.."
        #expect(
            try estimate(model, #"[{"role":"user","content":"\#(text)"}]"#)
                == TokenEstimate(tokens: tokens, method: .rule))
    }

    @Test func `what the provider counted corrects a rule, and never an exact count`() throws {
        var claude = ChatTokenEstimator(model: "claude-sonnet-4-5")
        let request = try chat("claude-sonnet-4-5", dialogue)
        let raw = claude.uncorrected(request)
        for _ in 0..<20 { claude.calibration.observe(estimated: raw.tokens, counted: raw.tokens * 3 / 2) }
        let corrected = claude.estimate(request)
        #expect(corrected.method == .calibrated)
        #expect(abs(corrected.tokens - raw.tokens * 3 / 2) <= 2)
        var exact = ChatTokenEstimator(model: "gpt-4o")
        exact.calibration.observe(estimated: 100, counted: 300)
        #expect(exact.estimate(try chat("gpt-4o", dialogue)) == TokenEstimate(tokens: 124, method: .exact))
    }

    @Test func `a correction follows a change and stays in bounds`() {
        var calibration = Calibration()
        #expect(calibration.ratio == nil)
        for _ in 0..<50 { calibration.observe(estimated: 100, counted: 100) }
        for _ in 0..<200 { calibration.observe(estimated: 100, counted: 140) }
        #expect(abs((calibration.ratio ?? 0) - 1.4) < 0.02)
        for _ in 0..<500 { calibration.observe(estimated: 1, counted: 1000) }
        #expect(calibration.ratio == 10)
    }
}

/// Base64, for data URLs.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
            for index in 0..<4 { text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 63] : "=") }
        }
        return text
    }
}
