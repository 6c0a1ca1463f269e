import SluiceCore

/// An answer as server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>), in the chunks of
/// OpenAI's `stream: true`.
struct EventStream {
    /// The events so far.
    private(set) var bytes: [UInt8] = []
    private let isChat: Bool
    private let includesUsage: Bool
    /// What all chunks begin with: `data: {"id":…,"model":…,`.
    private let opening: [UInt8]

    /// What a choice's chunk with text begins with, by choice, and what it ends with.
    private let beforeText: [[UInt8]]
    private let afterText: [UInt8]

    private static let field = Array("data: ".utf8)
    private static let end = Array("\n\n".utf8)

    init(_ question: Question, number: Int, created: Int) {
        let isChat = question.endpoint == .chat
        let usage = question.includesUsage ? #","usage":null"# : ""
        self.isChat = isChat
        includesUsage = question.includesUsage
        var chunk = JSONBuilder()
        chunk.beginObject()
        chunk.identify(question, number, created: created, isStreamed: true)
        chunk.key("system_fingerprint")
        chunk.value("fp_simulated")
        let opening = Self.field + chunk.bytes + [UInt8(ascii: ",")]
        self.opening = opening
        beforeText = (0..<question.choices * question.prompts.count).map { choice in
            opening + Array(#""choices":[{"index":\#(choice),\#(isChat ? #""delta":{"content":"# : #""text":"#)"#.utf8)
        }
        afterText =
            Array(#"\#(isChat ? "}" : ""),"logprobs":null,"finish_reason":null}]\#(usage)}"#.utf8) + Self.end
    }

    /// Takes the events out.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// The first chunk of a chat's choice: who speaks.
    mutating func role(choice: Int) {
        guard isChat else { return }
        append(choice, #"{"role":"assistant","content":"","refusal":null}"#, finish: "null")
    }

    /// A piece of the text.
    mutating func content(_ text: Substring, choice: Int) {
        bytes += beforeText[choice]
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            bytes.append(UInt8(ascii: "\""))
            bytes += text.utf8
            bytes.append(UInt8(ascii: "\""))
        } else {
            var quoted = JSONBuilder()
            quoted.value(String(text))
            bytes += quoted.bytes
        }
        bytes += afterText
    }

    /// The last chunk of a choice.
    mutating func finish(choice: Int, isCutShort: Bool) {
        append(choice, isChat ? "{}" : #""""#, finish: isCutShort ? #""length""# : #""stop""#)
    }

    /// The chunk without choices that says what was used, if it was asked for.
    mutating func usage(_ question: Question, _ verdict: Verdict) {
        guard includesUsage else { return }
        var usage = JSONBuilder()
        usage.beginObject()
        usage.appendUsage(question, verdict)
        usage.endObject()
        bytes += opening
        bytes += Array(#""choices":[],"#.utf8)
        // The object without its first brace: its member and its end.
        bytes += usage.bytes.dropFirst()
        bytes += Self.end
    }

    /// The end of the stream.
    mutating func done() {
        bytes += Self.field
        bytes += Array("[DONE]".utf8)
        bytes += Self.end
    }

    private mutating func append(_ choice: Int, _ text: String, finish: String) {
        bytes += opening
        bytes += Array(
            (#""choices":[{"index":\#(choice),"\#(isChat ? "delta" : "text")":\#(text),"logprobs":null,"#
                + #""finish_reason":\#(finish)}]\#(includesUsage ? #","usage":null"# : "")}"#).utf8)
        bytes += Self.end
    }
}
