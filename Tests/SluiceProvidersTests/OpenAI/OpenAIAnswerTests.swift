import SluiceCore
import SluiceProviders
import Testing

@Suite struct OpenAIAnswerTests {
    private func decode(_ text: String) -> Answer? { OpenAIAnswer.decode(Bytes(text)) }

    @Test func `a whole reply of the specification is read`() throws {
        let message = #"{"role":"assistant","content":"Hello \u00e9\n","refusal":null,"annotations":[]}"#
        let reply =
            #"{"id":"chatcmpl-1","object":"chat.completion","created":1741569952,"model":"gpt-4.1-2025-04-14","choices":"#
            + #"[{"index":0,"message":\#(message),"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":19,"#
            + #""completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"#
            + #""completion_tokens_details":{"reasoning_tokens":3,"accepted_prediction_tokens":0}},"#
            + #""service_tier":"default","system_fingerprint":null}"#
        let answer = try #require(decode(reply))
        #expect(answer.text.text == #""Hello \u00e9\n""#)
        #expect(answer.message?.text == message)
        #expect(answer.response.text == reply)
        #expect(answer.model == "gpt-4.1-2025-04-14")
        #expect(answer.finish == "stop")
        #expect(answer.usage == Usage(input: 19, output: 10, cached: 4, reasoning: 3))
    }

    @Test(arguments: [
        (#"{"content":"a"}"#, #""a""#), (#"{"content":null}"#, "null"), (#"{"role":"assistant"}"#, "null"),
        (#"{"content":null,"refusal":"I cannot"}"#, "null"), (#"{"content":""}"#, #""""#), (#"{"content":7}"#, #""7""#),
        (#"{"content":{"text":"hi"}}"#, #""{\"text\":\"hi\"}""#), (#"{"content":["a","b"]}"#, #""ab""#),
        (
            #"{"content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#,
            "null"
        ),
        (#"{"content":[{"type":"text","text":"a\n"},{"type":"image"},{"type":"text","text":"b"}]}"#, #""a\nb""#),
        (#"{"content":[]}"#, #""""#), (#"{"content":"old","content":"new"}"#, #""new""#),
    ])
    func `the text is the content of the message, and the message is kept whole`(message: String, text: String) throws {
        let answer = try #require(decode(#"{"choices":[{"message":\#(message),"finish_reason":"stop"}]}"#))
        #expect(answer.text.text == text)
        #expect(answer.message?.text == message)
    }

    @Test func `several samples give a list`() throws {
        let answer = try #require(
            decode(
                #"{"choices":[{"message":{"content":"a"},"finish_reason":"length"},{"message":{"content":null}},{},"#
                    + #"{"message":{"content":"b"},"finish_reason":"stop"}]}"#))
        #expect(answer.text.text == #"["a",null,null,"b"]"#)
        #expect(answer.finish == "length")
    }

    @Test func `a legacy completion has its text in the choice`() throws {
        let one = try #require(
            decode(#"{"choices":[{"text":"a","index":0,"logprobs":null,"finish_reason":"length"}]}"#))
        #expect(one.text.text == #""a""#)
        #expect(one.message == nil)
        #expect(one.finish == "length")
        #expect(decode(#"{"choices":[{"text":"a"},{"text":"b"}]}"#)?.text.text == #"["a","b"]"#)
    }

    @Test func `embeddings give one vector or a list of them`() throws {
        let one = try #require(
            decode(
                #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,-2e-3]}],"model":"e","#
                    + #""usage":{"prompt_tokens":8,"total_tokens":8}}"#))
        #expect(one.text.text == "[0.10,-2e-3]")
        #expect(one.usage == Usage(input: 8))
        #expect(one.model == "e")
        #expect(decode(#"{"data":[{"embedding":[1]},{"embedding":"AAAA"},{}]}"#)?.text.text == #"[[1],"AAAA",null]"#)
    }

    @Test(arguments: [
        ("", nil), (#","usage":null"#, nil), (#","usage":"many""#, nil), (#","usage":{}"#, Usage()),
        (#","usage":{"prompt_tokens":"12","completion_tokens":"3"}"#, Usage(input: 12, output: 3)),
        (#","usage":{"prompt_tokens":12.0,"completion_tokens":null}"#, Usage(input: 12)),
        (#","usage":{"prompt_tokens":-5,"completion_tokens":"x"}"#, Usage()),
        (#","usage":{"prompt_tokens":1,"prompt_tokens_details":null,"completion_tokens_details":{}}"#, Usage(input: 1)),
        (#","usage":{"prompt_tokens":1e400}"#, Usage()),
    ])
    func `usage is read in every form that clones send`(usage: String, wanted: Usage?) throws {
        #expect(try #require(decode(#"{"choices":[{"message":{"content":"a"}}]\#(usage)}"#)).usage == wanted)
    }

    @Test func `absurd counts of tokens cannot overflow a sum`() throws {
        let most = "9223372036854775807"
        let answer = try #require(
            decode(
                #"{"choices":[{"text":"a"}],"usage":{"prompt_tokens":\#(most),"completion_tokens":\#(most)}}"#))
        let usage = try #require(answer.usage)
        #expect(usage.total > 0)
        #expect(usage.total < 1 << 42)
    }

    @Test(arguments: ["\n\n\n", "\r\n \t", "  ", "\u{FEFF}", "\u{FEFF}\n"])
    func `blanks before the reply are no part of it`(blanks: String) throws {
        let answer = try #require(decode(blanks + #"{"choices":[{"text":"a"}]}"# + "\n"))
        #expect(answer.response.text == #"{"choices":[{"text":"a"}]}"#)
    }

    @Test(arguments: [
        "", "null", "[]", "1", "<html></html>", "{}", #"{"choices":[]}"#, #"{"choices":null}"#, #"{"choices":[{}]}"#,
        #"{"choices":[{"message":null}]}"#, #"{"choices":[1]}"#, #"{"choices":{}}"#, #"{"data":[]}"#, #"{"data":[{}]}"#,
        #"{"error":{"message":"x"}}"#, #"{"choices":[{"text":null}]}"#, #"{"choices":[{"text":"a"}]} x"#,
        #"{"choices":[{"message":{"content":""},"error":{"code":502},"finish_reason":"error"}]}"#,
        #"{"choices":[{"message":{"content":"partial"}}],"error":{"code":502,"message":"upstream broke"}}"#,
        #"{"choices":[{"message":{"content":""},"finish_reason":"error"}]}"#,
        #"{"choices":null,"base_resp":{"status_code":1002,"status_msg":"rate limit"}}"#,
    ])
    func `what has no shape of an answer is none`(text: String) {
        #expect(decode(text) == nil)
    }

    @Test(arguments: ["null", "{}", #""""#, "false"])
    func `an answer with an error that says nothing is one`(error: String) {
        #expect(decode(#"{"choices":[{"message":{"content":"a"}}],"error":\#(error)}"#)?.text.text == #""a""#)
    }

    @Test func `a reply cut off anywhere is no answer`() {
        let reply = #"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#
        for length in 0..<reply.utf8.count { #expect(decode(String(reply.prefix(length))) == nil) }
    }
}
