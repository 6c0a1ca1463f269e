import Sluice
import SluiceCore
import SluiceTestSupport
import SluiceTokens
import Testing

@Suite struct TokenCountTests {
    private func count(_ rows: [String], _ change: (inout CountOptions) -> Void) throws -> (TokenCount, [CountedRow]) {
        let folder = TemporaryFolder()
        try TextFile.write(rows.map { $0 + "\n" }.joined(), to: folder.file("in.jsonl"))
        var options = CountOptions()
        options.inputs = [folder.file("in.jsonl")]
        change(&options)
        var counted: [CountedRow] = []
        let count = try TokenCount(options) { counted.append($0) }
        return (count, counted)
    }

    @Test func `each row is counted with the vocabulary of its own model`() throws {
        let rows = ["gpt-4o", "gpt-4", "claude-sonnet-4-5"].map {
            #"{"model":"\#($0)","messages":[{"role":"user","content":"お誕生日おめでとう"}]}"#
        }
        let (count, counted) = try count(rows) { _ in }
        #expect(count.countedWith == ["o200k_base", "cl100k_base", "claude-sonnet-4-5"])
        #expect(counted.map(\.estimate.method) == [.exact, .exact, .rule])
        // 9 tokens in the cookbook; 3 for the message, 1 for the role, 3 for the reply.
        #expect(counted[1].estimate.tokens == 9 + 7)
        let (all, _) = try self.count(rows) { $0.asking.model = "gpt-4" }
        #expect(all.countedWith == ["cl100k_base"])
        #expect(all.tokens == 3 * 16)
    }

    @Test func `rows of all shapes are cut where their text is`() throws {
        let long = String(repeating: "word ", count: 400)
        let rows = [
            #"{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"\#(long)"}],"keep":1.50}"#,
            #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"\#(long)"}]}}"#,
            #"{"instruction":"Translate","input":"\#(long)"}"#, #"{"prompt":"\#(long)","x":"é"}"#, "\"\(long)\"", long,
            #"[{"role":"user","content":[{"type":"text","text":"\#(long)"}]}]"#, #"["hi","hello","\#(long)"]"#,
        ]
        let (count, counted) = try count(rows) {
            $0.limit = 60
            $0.asking.model = "gpt-4o"
        }
        #expect(count.bad == 0, "\(count.firstBad.debugDescription)")
        #expect(count.cut == rows.count)
        for (row, counted) in zip(rows, counted) {
            #expect(counted.estimate.tokens <= 60 && counted.estimate.tokens > 50)
            let cut = counted.row.text
            #expect(cut.count < row.count)
            // What stands before and behind the text is as it was.
            let parts = row.components(around: long)
            #expect(cut.hasPrefix(parts.before) && cut.hasSuffix(parts.behind), "\(cut)")
        }
    }

    @Test func `of several texts of a user the longest is cut, of a template's columns too`() throws {
        let long = String(repeating: "word ", count: 400)
        let rows = [
            #"{"messages":[{"role":"user","content":"\#(long)"},{"role":"assistant","content":"ok"},{"role":"user","content":"and now?"}]}"#,
            #"["\#(long)","ok","and now?"]"#,
        ]
        let (_, counted) = try count(rows) {
            $0.limit = 60
            $0.asking.model = "gpt-4o"
        }
        #expect(counted.count == 2)
        for row in counted {
            #expect(row.row.text.contains("and now?"))
            #expect(row.estimate.tokens <= 60 && row.estimate.tokens > 50)
        }
        let (_, filled) = try count([#"{"title":"short","text":"\#(long)","x":1}"#]) {
            $0.limit = 60
            $0.asking.model = "gpt-4o"
            $0.asking.template = "{{title}}: {{text}} In one word."
        }
        #expect(filled[0].row.text.hasPrefix(#"{"title":"short","text":"word word"#))
        #expect(filled[0].row.text.hasSuffix(#"","x":1}"#))
        #expect(filled[0].estimate.tokens <= 60 && filled[0].estimate.tokens > 50)
    }

    @Test func `a model without a public vocabulary is cut by its rule`() throws {
        let long = String(repeating: "word ", count: 400)
        let (_, counted) = try count([
            #"{"prompt":"\#(long)"}"#, #"{"prompt":"\#(String(repeating: "字", count: 400))"}"#,
        ]) {
            $0.limit = 60
            $0.asking.model = "gemini-2.5-flash"
        }
        #expect(counted.map(\.estimate.method) == [.rule, .rule])
        #expect(counted.allSatisfy { $0.estimate.tokens <= 60 && $0.estimate.tokens > 55 })
    }

    @Test func `rows above what their own model reads are named`() throws {
        let long = String(repeating: " word", count: 9000)
        let rows = ["gpt-4", "gpt-4o", "unheard-of"].map {
            #"{"model":"\#($0)","messages":[{"role":"user","content":"\#(long)"}]}"#
        }
        let (count, counted) = try count(rows) { _ in }
        #expect(counted.map(\.context) == [8192, 128_000, nil])
        #expect(count.over == 1)
        #expect(count.overRows.map(\.line) == [1])
        #expect(count.contexts == [8192, 128_000])
    }

    @Test func `a row that is too long without its text is bad`() throws {
        let rules = String(repeating: "rule ", count: 100)
        let (count, _) = try count([
            #"{"messages":[{"role":"system","content":"\#(rules)"},{"role":"user","content":"x"}]}"#
        ]) {
            $0.limit = 60
        }
        #expect(count.bad == 1)
    }

    @Test func `the histogram and the quantiles agree with the rows`() throws {
        let rows = (0..<200).map { #"{"prompt":"\#(String(repeating: "word ", count: $0))x"}"# }
        let (count, counted) = try count(rows) { $0.encoding = "r50k_base" }
        let sizes = counted.map(\.estimate.tokens).sorted()
        #expect(count.quantile(0) == sizes.first)
        #expect(count.quantile(0.5) == sizes[99])
        #expect(count.quantile(1) == sizes.last)
        for bar in count.histogram {
            #expect(bar.rows == sizes.filter { (bar.from...bar.upTo).contains($0) }.count)
        }
        #expect(count.histogram.reduce(0) { $0 + $1.rows } == 200)
    }
}

extension String {
    fileprivate func components(around middle: String) -> (before: Substring, behind: Substring) {
        var start = startIndex
        while !self[start...].hasPrefix(middle) { start = index(after: start) }
        return (self[..<start], self[index(start, offsetBy: middle.count)...])
    }
}
