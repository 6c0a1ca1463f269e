import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct TableSplitterTests {
    private func rows(_ table: String, _ name: String = "in.csv") async throws -> Rows {
        let folder = TemporaryFolder()
        write(table, to: folder.file(name))
        return try await Rows.of(.file(folder.file(name)))
    }

    @Test func `a row is an object of texts under the names of the header`() async throws {
        let rows = try await rows("id,text\n1,bonjour\n2,\n")
        #expect(rows.texts == [#"{"id":"1","text":"bonjour"}"#, #"{"id":"2","text":""}"#])
        #expect(rows.numbers == [2, 3])
    }

    @Test func `quoted cells hold delimiters, quotes and line ends, and lines are counted as they stand`() async throws
    {
        let rows = try await rows("a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\"one\r\ntwo\n\",z\r\n\r\nlast,1\r\n")
        #expect(
            rows.texts == [
                #"{"a":"x,y","b":"say \"hi\""}"#, #"{"a":"one\r\ntwo\n","b":"z"}"#, #"{"a":"last","b":"1"}"#,
            ])
        #expect(rows.numbers == [2, 3, 7])
    }

    @Test func `a quote inside a cell is text`() async throws {
        let rows = try await rows("a,b\n5\" disk,\"x\"y\n,\"\"\n")
        #expect(rows.texts == [#"{"a":"5\" disk","b":"xy"}"#, #"{"a":"","b":""}"#])
    }

    @Test(arguments: [("in.csv", ";"), ("in.csv", "\t"), ("in.csv", "|"), ("in.csv", ","), ("in.tsv", "\t")])
    func `the header tells the delimiter`(name: String, delimiter: String) async throws {
        let rows = try await rows("\u{FEFF}a\(delimiter)\"b,c;d\"\nx\(delimiter)y\n", name)
        #expect(rows.texts == [#"{"a":"x","b,c;d":"y"}"#])
    }

    @Test func `a quote that the header opens and nothing closes is no empty table`() async throws {
        let error = await #expect(throws: SluiceError.self) { try await rows("\"id,text\n1,x\n2,y\n") }
        #expect(error?.line == 1 && error?.message.contains("not closed") == true)
    }

    @Test func `a tsv has tabs only, whatever else its header holds`() async throws {
        #expect(try await rows("a,b,c\td\n1,2\t3\n", "in.tsv").texts == [#"{"a,b,c":"1,2","d":"3"}"#])
    }

    @Test func `equal names of columns are told apart`() async throws {
        #expect(try await rows(",x,x,x.1,\n1,2,3,4,5\n").texts == [#"{"":"1","x":"2","x.1":"3","x.1.1":"4",".1":"5"}"#])
    }

    @Test func `rows of another width are bad rows with their line`() async throws {
        let rows = try await rows("a,b\n1,2\n1,2,3\n\"x\ny\"\n3,4")
        #expect(rows.texts == [#"{"a":"1","b":"2"}"#, #"{"a":"3","b":"4"}"#])
        #expect(rows.bad.map(\.line) == [3, 4])
        #expect(rows.bad.map(\.message) == ["the row has 3 cells, the header 2", "the row has 1 cells, the header 2"])
        #expect(rows.bad.first?.bytes == Bytes("1,2,3"))
    }

    @Test func `a quote that is never closed spoils the row that opens it`() async throws {
        let rows = try await rows("a,b\n1,2\n3,\"4\n5,6\n")
        #expect(rows.texts.count == 1)
        #expect(rows.bad.map(\.line) == [3])
        #expect(rows.bad.first?.message.contains("not closed") == true)
    }

    @Test func `control characters and separators of other alphabets are text`() async throws {
        let rows = try await rows("a\n\u{0}\u{85}\u{2028}\u{1}\n")
        #expect(rows.texts == ["{\"a\":\"\\u0000\u{85}\u{2028}\\u0001\"}"])
    }

    /// Random cells of the bytes that matter, written as RFC 4180 asks, in pieces of any size.
    @Test(arguments: 0..<60)
    func `any table comes back, however its bytes are cut`(seed: Int) async throws {
        var random = SplitMix64(seed: UInt64(seed))
        let alphabet = ["a", ",", "\"", "\n", "\r\n", "é", " ", "\u{2028}", "\\", "\u{1}", ";", "x\"y"]
        let width = Int.random(in: 2...4, using: &random)
        let cells = (0..<Int.random(in: 0..<30, using: &random)).map { _ in
            (0..<width).map { _ in
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
                    .joined()
            }
        }
        let lineEnd = Bool.random(using: &random) ? "\n" : "\r\n"
        let header = (0..<width).map { "c\($0)" }
        let table = ([header] + cells).map { row in
            row.map { cell in
                let mustQuote = cell.contains { ",\"\n\r\r\n".contains($0) }
                return mustQuote || Bool.random(using: &random) ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
            }.joined(separator: ",") + lineEnd
        }.joined()

        let pipe = Pipe()
        let feed = try RecordFeed(InputSource(.descriptor(pipe.reading), format: .table(delimiter: nil))) { $0 }
        var bytes = Array(table.utf8)[...]
        while !bytes.isEmpty {
            let piece = bytes.prefix(Int.random(in: 1...17, using: &random))
            bytes = bytes.dropFirst(piece.count)
            pipe.write(Array(piece))
        }
        close(pipe.writing)
        let rows = await Rows.all(feed)
        close(pipe.reading)
        #expect(rows.bad.isEmpty)
        let read = try rows.texts.map { text in try JSON.parse(Bytes(text)).members.map { $0.value.string ?? "?" } }
        #expect(read == cells)
        let starts = cells.indices.map { index in
            2 + cells[..<index].joined().reduce(index) { $0 + $1.utf8.count { $0 == 0x0A } }
        }
        #expect(rows.numbers == starts)
    }

    @Test func `a table is compared with the finished rows like any other input`() throws {
        let job = Job()
        write("id,p\n1,x\n2,y\n2,z\n", to: job.folder.file("in.csv"))
        #expect(job.refusal { $0.input = .file(job.folder.file("in.csv")) }?.line == 4)
        write("id,p\n1,\"x\"\n2,y\n3\n", to: job.folder.file("in.csv"))
        job.writeOutput([job.answer(#"{"id":"1","p":"x"}"#)])
        let counts = try #require(try job.counts { $0.input = .file(job.folder.file("in.csv")) })
        #expect(counts.input?.rows == 2)
        #expect(counts.input?.bad == 1)
        #expect(counts.input?.firstBad?.line == 4)
        #expect(counts.left == 1)
    }
}
