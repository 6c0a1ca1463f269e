import SluiceCore
import SluiceTestSupport
import Testing

@Suite struct CountCommandTests {
    /// Rows whose text is of so many words; each word, with its blank, is one token.
    private func shell(_ words: [Int]) throws -> Shell {
        let shell = try Shell()
        let rows = words.enumerated().map { index, count in
            let text = Array(repeating: "hello", count: count).joined(separator: " ")
            return #"{"id":"r\#(index)","prompt":"\#(text)","lang":"\#(index % 2 == 0 ? "en" : "fr")"}"#
        }
        try shell.write(rows, to: "in.jsonl")
        return shell
    }

    /// A user's message of GPT-4o has 3 tokens for itself, 1 for its role, and 3 for the reply.
    private let overhead = 7

    @Test func `the sums, the distribution and the groups are told`() async throws {
        let shell = try shell([1, 2, 4, 100])
        let end = try await shell.run("count", "in.jsonl", "-m", "gpt-4o", "--by", "lang", "--context", "50", "--json")
        #expect(end.code == 0, "\(end)")
        let json = try JSON.parse(Bytes(end.output))
        #expect(json["rows"]?.int == 4)
        #expect(json["tokens"]?.int == 107 + 4 * overhead)
        #expect(json["counted_with"]?.elements.map(\.string) == ["o200k_base"])
        #expect(json["methods"]?["exact"]?.int == 4)
        #expect(json["median"]?.int == 2 + overhead)
        #expect(json["largest"]?["id"]?.string == "r3")
        #expect(json["over"]?["rows"]?.int == 1)
        #expect(json["over"]?["first"]?.first?["line"]?.int == 4)
        let bars = try #require(json["histogram"]?.elements)
        #expect(bars.reduce(0) { $0 + ($1["rows"]?.int ?? 0) } == 4)
        let groups = try #require(json["by"]?.elements)
        #expect(groups.map { $0["value"]?.string } == ["en", "fr"])
        #expect(groups.map { $0["tokens"]?.int } == [5 + 2 * overhead, 102 + 2 * overhead])
    }

    @Test func `the text says what was counted with, and names the rows that are too long`() async throws {
        let shell = try shell([1, 100])
        let end = try await shell.run("count", "in.jsonl", "-m", "gpt-4o", "--context", "50")
        #expect(end.output.contains("115 tokens in 2 rows (o200k_base: exact)"), "\(end)")
        #expect(end.output.contains("1 rows have more than 50 tokens\n  in.jsonl:2, id r1: 107"))
        let rule = try await shell.run("count", "in.jsonl", "-m", "claude-sonnet-4-5")
        #expect(rule.output.contains("claude-sonnet-4-5: estimated by the characters"), "\(rule)")
    }

    @Test func `cut rows keep to the limit and are otherwise as they were`() async throws {
        let shell = try shell([3, 100])
        let end = try await shell.run("count", "in.jsonl", "-m", "gpt-4o", "--truncate", "20")
        #expect(end.code == 0, "\(end)")
        let lines = end.output.split(separator: "\n")
        #expect(lines.first == #"{"id":"r0","prompt":"hello hello hello","lang":"en"}"#)
        let text = Array(repeating: "hello", count: 20 - overhead).joined(separator: " ")
        #expect(lines.last == #"{"id":"r1","prompt":"\#(text)","lang":"fr"}"#)
    }

    @Test func `without a context that of the model counts, and --by knows the columns of a table`() async throws {
        let shell = try Shell()
        let long = Array(repeating: "hello", count: 9000).joined(separator: " ")
        try shell.write(["lang,text", "en,hello", "fr,\(long)", "en,hello hello"], to: "in.csv")
        let end = try await shell.run(
            "count", "in.csv", "-m", "gpt-4", "--prompt", "{{text}}", "--by", "lang")
        #expect(end.output.contains("1 rows have more than 8,192 tokens\n  in.csv:3: 9,007"), "\(end)")
        #expect(end.output.contains("en: 17 tokens in 2 rows"))
        let cut = try await shell.run(
            "count", "in.csv", "-m", "gpt-4", "--prompt", "{{text}} Sum up.", "--truncate", "20")
        let lines = cut.output.split(separator: "\n")
        #expect(lines.first == #"{"lang":"en","text":"hello"}"#, "\(cut)")
        #expect(lines.dropFirst().first?.hasSuffix(#" hello"}"#) == true)
        #expect(cut.errors.contains("1 of them cut"))
    }

    @Test func `a row that cannot be counted is named, and the others are counted`() async throws {
        let shell = try Shell()
        try shell.write([#"{"prompt":"hello"}"#, "{broken", "plain text"], to: "in.jsonl")
        let end = try await shell.run("count", "in.jsonl", "-m", "gpt-4o")
        #expect(end.code == 1)
        #expect(end.output.contains("in 2 rows"))
        #expect(end.errors.contains("in.jsonl:2: not valid JSON"), "\(end)")
    }

    @Test func `standard input, each row, and an encoding by its name`() async throws {
        let end = try await Shell().pipe(
            #"printf 'hello\nhello world\n' | "$sluice" count - --encoding cl100k_base --each"#)
        #expect(end.output == "stdin\t1\t\t8\nstdin\t2\t\t9\n", "\(end)")
        let none = try await Shell().run("count", "-", "--encoding", "o300k_base")
        #expect(none.code == 64)
        #expect(none.errors.contains("hint: did you mean o200k_base?"), "\(none)")
    }

    @Test func `a vocabulary in the folder that is not the published one is refused`() async throws {
        var shell = try shell([1])
        shell.environment["TIKTOKEN_CACHE_DIR"] = "."
        #expect(try await shell.run("count", "in.jsonl", "-m", "gpt-4o").code == 0)
        try shell.write(["IQ== 0", "Ig== 2"], to: "fb374d419588a4632f3f557e76b4b70aebbca790")
        let end = try await shell.run("count", "in.jsonl", "-m", "gpt-4o")
        #expect(end.code == 2)
        #expect(end.errors.contains("not the published vocabulary of o200k_base"), "\(end)")
        let missing = try await shell.run("count", "in.jsonl", "-m", "gpt-4", "--vocab-dir", ".")
        #expect(missing.code == 2)
    }
}
