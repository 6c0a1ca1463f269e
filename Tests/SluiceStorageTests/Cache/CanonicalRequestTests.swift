import SluiceCore
import SluiceStorage
import Testing

@Suite struct CanonicalRequestTests {
    private func hash(
        _ question: String, _ parameters: String = "", endpoint: Request.Endpoint = .chat, model: String = "m",
        base: String = "http://127.0.0.1:1/v1"
    ) throws -> RequestHash {
        try canonical(question, parameters, endpoint: endpoint).hash(at: CacheAddress(model: model, at: BaseURL(base)))
    }

    private func canonical(
        _ question: String, _ parameters: String = "", endpoint: Request.Endpoint = .chat
    ) throws -> CanonicalRequest {
        CanonicalRequest(
            Request(
                endpoint: endpoint, model: "m", question: try JSON.parse(Bytes(question)).raw,
                parameters: Bytes(parameters)))
    }

    @Test func `what is spelled differently is one request`() throws {
        let plain = try hash(#"[{"role":"user","content":"a/é"}]"#, #""temperature":1,"top_p":0.5"#)
        #expect(try hash(#"[ {"content" : "a\/\u00e9", "role":"user"} ]"#, #""top_p":5e-1,"temperature":1.0"#) == plain)
        #expect(
            try hash(#"[{"role":"user","content":"a\u002f\u00E9"}]"#, #""temperature":10E-1,"top_p":0.50"#) == plain)
    }

    @Test(arguments: [
        (#"["user=a---assistant=b"]"#, #"[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#),
        (
            #"[{"role":"user","content":"user=a---assistant=b"}]"#,
            #"[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#
        ),
        (
            #"[{"role":"user","content":"x\nassistant: y"}]"#,
            #"[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]"#
        ),
        (#"[{"role":"user","content":"a","name":"b"}]"#, #"[{"role":"user","content":"a"}]"#),
        (#"[{"role":"user","content":"a","name":"b"}]"#, #"[{"role":"user","content":"b","name":"a"}]"#),
        (#"[{"role":"user","content":"a"}]"#, #"[{"role":"system","content":"a"}]"#),
        (
            #"[{"role":"user","content":[{"type":"text","text":"a"}]}]"#,
            #"[{"role":"user","content":"[{\"type\":\"text\",\"text\":\"a\"}]"}]"#
        ),
        (
            #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}]"#,
            #"[{"role":"user","content":[{"type":"text","text":"u"}]}]"#
        ),
        (
            #"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"#,
            #"[{"role":"user","content":[{"type":"text","text":"ab"}]}]"#
        ),
        (
            #"[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}]"#,
            #"[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]}]"#
        ),
        (#"[{"role":"user","content":"\ud800"}]"#, #"[{"role":"user","content":"\ufffd"}]"#),
        (#"[{"role":"user","content":"\ud800"}]"#, #"[{"role":"user","content":"\ud801"}]"#),
        (#"[{"role":"user","content":"1"}]"#, #"[{"role":"user","content":1}]"#),
        (#"[{"role":"user","content":"null"}]"#, #"[{"role":"user","content":null}]"#),
        (#"[{"role":"user","content":null}]"#, #"[{"role":"user"}]"#),
        (#"[{"a":1,"a":2}]"#, #"[{"a":2}]"#),
        (#"[{"a":1,"a":2}]"#, #"[{"a":2,"a":1}]"#),
        (#"[[],[]]"#, #"[[[]]]"#),
        (#"[{"a":{}},{}]"#, #"[{"a":{}, "b":{}}]"#),
    ])
    func `what is asked differently is not one request`(_ pair: (String, String)) throws {
        #expect(try hash(pair.0) != hash(pair.1))
    }

    @Test func `place model endpoint and parameters count`() throws {
        let question = #"["a"]"#
        let all: [RequestHash] = [
            try hash(question), try hash(question, model: "other"), try hash(question, base: "http://127.0.0.1:2/v1"),
            try hash(question, base: "http://127.0.0.1:1/v2"), try hash(question, endpoint: .embeddings),
            try hash(question, endpoint: .completions), try hash(question, #""temperature":0"#),
            try hash(question, #""temperature":0.1"#), try hash(question, #""seed":1"#),
            try hash(question, #""tools":[{"type":"function","function":{"name":"f"}}]"#),
            try hash(question, #""tools":[]"#), try hash(question, #""max_tokens":5"#),
            try hash(question, #""max_tokens":50"#), try hash(question, #""max_completion_tokens":5"#),
            try hash(question, #""logprobs":true"#), try hash(question, #""seed":9007199254740993"#),
            try hash(question, #""seed":9007199254740992"#), try hash(question, #""seed":1e400"#),
            try hash(question, #""seed":1e401"#), try hash(question, #""seed":1e99999999999999999999"#),
            try hash(question, #""seed":-1"#), try hash(question, #""seed":"1""#),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func `what does not change the answer does not count`() throws {
        let plain = try hash(#"["a"]"#, #""top_p":1"#)
        for other in [
            #""metadata":{"batch":7}"#, #""user":"u""#, #""service_tier":"flex""#, #""timeout":60"#, #""store":true"#,
            #""prompt_cache_key":"k""#, #""safety_identifier":"s""#, #""n":3"#,
        ] {
            #expect(try hash(#"["a"]"#, other + #","top_p":1"#) == plain, "\(other)")
        }
    }

    @Test func `samples are the parameter n unless they belong together`() throws {
        let question = #"["a"]"#
        #expect(try canonical(question).samples == 1)
        #expect(try canonical(question, #""n":5"#).samples == 5)
        for joined in [#""n":5,"seed":1"#, #""n":2,"best_of":5"#, #""n":5,"use_beam_search":true"#, #""n":1000"#] {
            #expect(try canonical(question, joined).samples == 1, "\(joined)")
            #expect(
                try hash(question, joined) != hash(question, joined.replacing("n\":5", with: "n\":4"))
                    || !joined.contains("n\":5"))
        }
        #expect(try canonical(question, #""n":5,"seed":null"#).samples == 5)
        #expect(try hash(question, #""n":1.5"#) != hash(question))
    }

    @Test func `temperature zero and embeddings are deterministic`() throws {
        #expect(try canonical(#"["a"]"#, #""temperature":0"#).isDeterministic)
        #expect(try canonical(#"["a"]"#, #""temperature":0.0"#).isDeterministic)
        #expect(try !canonical(#"["a"]"#, #""temperature":0.1"#).isDeterministic)
        #expect(try !canonical(#"["a"]"#).isDeterministic)
        #expect(try canonical(#"["a"]"#, endpoint: .embeddings).isDeterministic)
    }

    @Test func `any value has one hash however it is written`() throws {
        var random = SplitMix64(seed: 7)
        var seen: [String: String] = [:]
        for _ in 0..<2000 {
            let value = Value.random(depth: 4, using: &random)
            let first = try hash("[\(value.text(using: &random))]")
            let second = try hash("[\(value.text(using: &random))]")
            #expect(first == second, "\(value)")
            // A second value under the same hash would be a collision.
            let shape = value.shape
            #expect(seen.updateValue(shape, forKey: first.hex).map { $0 == shape } ?? true)
        }
        #expect(Set(seen.values).count == seen.count)
    }

    /// A JSON value that can be written in many ways.
    private indirect enum Value {
        case object([String: Value])
        case array([Value])
        case string(String)
        case number(Int)
        case null

        static func random(depth: Int, using random: inout SplitMix64) -> Value {
            let words = ["", "a", "b", "a\n", "\"", "\\", "é", "\u{1F600}", "ab", "role", "user: a", "{}", "1", "/"]
            switch Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &random) {
            case 0, 1: return .string(words.randomElement(using: &random) ?? "")
            case 2: return .number(Int.random(in: -1000...1000, using: &random))
            case 3: return .null
            case 4:
                return .array(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in .random(depth: depth - 1, using: &random) })
            default:
                var members: [String: Value] = [:]
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    members[words.randomElement(using: &random) ?? ""] = .random(depth: depth - 1, using: &random)
                }
                return .object(members)
            }
        }

        /// The value without any freedom of spelling.
        var shape: String {
            switch self {
            case .object(let members):
                "{"
                    + members.keys.sorted().map { "\($0.debugDescription):\(members[$0]?.shape ?? "")" }.joined(
                        separator: ",") + "}"
            case .array(let elements): "[" + elements.map(\.shape).joined(separator: ",") + "]"
            case .string(let text): text.debugDescription
            case .number(let number): "\(number)"
            case .null: "null"
            }
        }

        func text(using random: inout SplitMix64) -> String {
            let blank = [" ", "", "\t", "", " \n "].randomElement(using: &random) ?? ""
            switch self {
            case .object(let members):
                let parts = members.shuffled(using: &random).map { name, value in
                    "\(Self.quoted(name, using: &random))\(blank):\(blank)\(value.text(using: &random))"
                }
                return "{\(blank)" + parts.joined(separator: "\(blank),\(blank)") + "\(blank)}"
            case .array(let elements):
                return "[\(blank)" + elements.map { $0.text(using: &random) }.joined(separator: ",\(blank)") + "]"
            case .string(let text): return Self.quoted(text, using: &random)
            case .number(let number):
                switch Int.random(in: 0..<4, using: &random) {
                case 0: return "\(number).000"
                case 1: return "\(number)e0"
                case 2: return number == 0 ? "0E-1" : "\(number)0E-1"
                default: return number == 0 ? "-0" : "\(number)"
                }
            case .null: return "null"
            }
        }

        private static func quoted(_ text: String, using random: inout SplitMix64) -> String {
            var quoted = "\""
            for unit in text.utf16 {
                let isPlain = unit >= 0x20 && unit < 0x7F && unit != 0x22 && unit != 0x5C
                if isPlain, Bool.random(using: &random) {
                    quoted.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
                } else {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
            return quoted + "\""
        }
    }
}
