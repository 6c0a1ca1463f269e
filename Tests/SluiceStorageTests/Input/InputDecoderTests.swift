import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct InputDecoderTests {
    @Test func `packed files are unpacked, whatever their name, of any number of members`() async throws {
        let folder = TemporaryFolder()
        let members = try gzip("{\"id\":1}\n{\"i") + gzip("d\":2}\n") + gzip("") + gzip("{\"id\":3}")
        for (name, padding) in [("in.jsonl.gz", 0), ("in.jsonl", 512)] {
            let zeros = [UInt8](repeating: 0, count: padding)
            // What is no member ends the file, whatever comes behind it.
            let rest: [UInt8] = try padding > 0 ? zeros + [0x2E] + gzip("none\n") : []
            let padded = try gzip("") + zeros + members + rest
            write(padded, to: folder.file(name))
            let rows = try await Rows.of(.file(folder.file(name)))
            #expect(rows.texts == [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#])
            #expect(rows.numbers == [1, 2, 3])
        }
        write(try gzip("a,b\n1,2\n"), to: folder.file("in.csv.gz"))
        #expect(try await Rows.of(.file(folder.file("in.csv.gz"))).texts == [#"{"a":"1","b":"2"}"#])
    }

    @Test func `packed rows come through a pipe that brings them byte by byte`() async throws {
        let pipe = Pipe()
        let feed = try RecordFeed(.descriptor(pipe.reading)) { $0 }
        for byte in try gzip("one\ntwo\n") { pipe.write([byte]) }
        close(pipe.writing)
        #expect(await Rows.all(feed).texts == ["one", "two"])
        close(pipe.reading)
    }

    @Test func `a packed file that is damaged or cut off stops the run before it starts`() throws {
        let job = Job()
        let random = (0..<100_000).map { _ in UInt8.random(in: 0x20..<0x7F) }
        // Not a line that looks like JSON.
        let packed = try gzip([0x78] + random + [0x0A])
        let path = job.folder.file("in.jsonl.gz")
        for damaged in [Array(packed.dropLast(20)), packed[..<5000] + [0xFF, 0xFF, 0xFF, 0xFF] + packed[5004...]] {
            write(damaged, to: path)
            #expect(job.refusal { $0.input = .file(path) }?.code == .io)
        }
        write(packed, to: path)
        #expect(try job.counts { $0.input = .file(path) }?.input?.rows == 1)
    }

    @Test func `a text file has a prompt on each line, also where a line looks like JSON`() async throws {
        let folder = TemporaryFolder()
        write("\"Hello,\" she said.\n  plain \n{\"a\":1}\n\n[x\n", to: folder.file("in.txt"))
        let rows = try await Rows.of(.file(folder.file("in.txt")))
        #expect(rows.texts == [#""\"Hello,\" she said.""#, "  plain ", #""{\"a\":1}""#, #""[x""#])
        #expect(rows.numbers == [1, 2, 3, 5])
    }

    @Test func `text in another encoding is refused with what to do about it`() throws {
        let job = Job()
        write([0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00], to: job.input)
        #expect(job.refusal()?.hint?.contains("--encoding utf-16") == true)
        #expect(try job.counts { $0.input.encoding = "utf-16" }?.input?.rows == 1)
        #expect(job.refusal { $0.input.encoding = "utf-17" }?.message == "the encoding 'utf-17' is not known here")
    }

    /// 名,文 and 你好,世界 as spreadsheets in China write them.
    private static let gbk: [UInt8] =
        [0xC3, 0xFB, 0x2C, 0xCE, 0xC4, 0x0A] + [0xC4, 0xE3, 0xBA, 0xC3, 0x2C, 0xCA, 0xC0, 0xBD, 0xE7, 0x0A]

    @Test func `a table in another encoding is read, packed or not, and its header remembers a byte order mark`()
        async throws
    {
        let folder = TemporaryFolder()
        for (name, bytes) in [("in.csv", Self.gbk), ("in.csv.gz", try gzip(Self.gbk))] {
            write(bytes, to: folder.file(name))
            var source = InputSource.file(folder.file(name))
            source.encoding = "gbk"
            #expect(try await Rows.of(source).texts == [#"{"名":"你好","文":"世界"}"#])
        }
    }

    @Test func `characters may be cut anywhere, and a byte that means nothing spoils its own row only`() async throws {
        let pipe = Pipe()
        let feed = try RecordFeed(InputSource(.descriptor(pipe.reading), encoding: "gbk")) { $0 }
        for byte in [0xC4, 0xE3, 0x0A, 0x61, 0xFF, 0x0A, 0xBA, 0xC3, 0x0A, 0x62, 0xC4] as [UInt8] { pipe.write([byte]) }
        close(pipe.writing)
        let rows = await Rows.all(feed)
        #expect(rows.texts == ["你", "a\u{FFFD}", "好", "b\u{FFFD}"])
        #expect(rows.numbers == [1, 2, 3, 4])
        close(pipe.reading)
    }

    @Test(arguments: ["utf-16le", "utf-16be", "utf-16", "ucs-2le", "utf-32le", "utf-32"])
    func `a unit that means nothing spoils its own row only, however wide units are`(encoding: String) async throws {
        let folder = TemporaryFolder()
        let unit = encoding.hasPrefix("utf-32") ? 4 : 2
        func bytes(_ number: UInt32) -> [UInt8] {
            let bytes = (0..<unit).map { UInt8(truncatingIfNeeded: number >> UInt32($0 * 8)) }
            return encoding.hasSuffix("be") ? bytes.reversed() : bytes
        }
        let mark: UInt32? = encoding.hasSuffix("6") || encoding.hasSuffix("32") ? 0xFEFF : nil
        // Half of a pair, which is no character.
        let text = [mark].compactMap(\.self) + [0x61, 0x0A, 0x62, 0xDC00, 0x62, 0x0A, 0x597D, 0x0A, 0x64]
        write(text.flatMap(bytes), to: folder.file("in.txt"))
        let rows = try await Rows.of(InputSource(.file(folder.file("in.txt")), encoding: encoding))
        #expect(rows.texts == ["a", "b\u{FFFD}b", "好", "d"])
    }

    @Test func `a character that waits for a mark on it is not lost at the end`() async throws {
        let folder = TemporaryFolder()
        write("xin chao\nxin chao a", to: folder.file("in.txt"))
        let rows = try await Rows.of(InputSource(.file(folder.file("in.txt")), encoding: "cp1258"))
        #expect(rows.texts == ["xin chao", "xin chao a"])
    }

    @Test func `text that looks like GBK is said to`() throws {
        let job = Job()
        write(Self.gbk, to: job.folder.file("in.csv"))
        let refusal = job.refusal { $0.input = .file(job.folder.file("in.csv")) }
        #expect(
            refusal?.message
                == "the names of the columns are not valid UTF-8; it looks like GBK, which --encoding gbk reads")
        write(
            Array("{\"a\":\"".utf8) + [0xC4, 0xE3, 0xBA, 0xC3]
                + Array("\"}\n{\"a\":\"Gr\u{FC}".unicodeScalars.map { UInt8($0.value) }) + Array("n\"}\n".utf8),
            to: job.input)
        let counts = try #require(try job.counts()?.input)
        #expect(counts.bad == 2)
        #expect(counts.firstBad?.message == "not valid UTF-8; it looks like GBK, which --encoding gbk reads")
        let latin = Array("Grüße aus Köln".unicodeScalars.map { UInt8($0.value) })
        #expect(latin.withUnsafeBufferPointer { !LegacyText.looksLikeGBK($0) })
    }

    @Test func `a folder has a row for each file, in the order of their names`() async throws {
        let folder = TemporaryFolder()
        mkdir(folder.file("in"), 0o700)
        mkdir(folder.file("in/sub"), 0o700)
        write("second\n", to: folder.file("in/b.txt"))
        write("first \"quoted\"", to: folder.file("in/a.md"))
        write("{\n \"prompt\": \"own\\nrow\"\n}\n", to: folder.file("in/sub/c.json"))
        write("hidden", to: folder.file("in/.DS_Store"))
        let rows = try await Rows.of(InputSource(.folder(folder.file("in"))))
        #expect(
            rows.texts == [
                #"{"id":"a.md","text":"first \"quoted\""}"#, #"{"id":"b.txt","text":"second\n"}"#,
                #"{  "prompt": "own\nrow" } "#,
            ])
        #expect(rows.numbers == [1, 2, 3])
    }

    @Test func `shards share all rows, and keep them when others come and go`() async throws {
        let folder = TemporaryFolder()
        let all = (0..<500).map { "row \($0)" }
        var part: [String: Int] = [:]
        for (rows, isFirst) in [(all, true), (Array(all.dropFirst(7).reversed()) + ["new"], false)] {
            write(rows.map { $0 + "\n" }.joined(), to: folder.file("in.txt"))
            var seen: [String] = []
            for index in 0..<4 {
                var source = InputSource.file(folder.file("in.txt"))
                source.shard = Shard(index: index, count: 4)
                let read = try await Rows.of(source)
                seen += read.texts
                if isFirst { #expect((90...160).contains(read.texts.count)) }
                for (text, number) in zip(read.texts, read.numbers) {
                    #expect(rows[number - 1] == text)
                    if isFirst { part[text] = index } else if text != "new" { #expect(part[text] == index) }
                }
            }
            #expect(seen.sorted() == rows.sorted())
        }
        #expect(Shard(index: 4, count: 4) == nil)
    }
}
