import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct FilterOutputTests {
    private static let table = "id,text\n3,item-3\n1,\"item-1, again\"\n2,item-2\n"

    @Test func `a table goes through as a table, in its order, and leaves nothing behind`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try TextFile.write(Self.table, to: shell.folder.file("in.csv"))
            let end = try await shell.pipe(
                """
                mkdir tmp; cat in.csv | TMPDIR=$PWD/tmp "$sluice" run - --input-format csv --format csv -o - -m m \
                --text-field text --into answer --base-url $url; echo $? $(ls tmp | wc -l) $(ls | wc -l) > code
                """, ["url": simulator.baseURL])
            let rows = end.output.split(separator: "\n").map { $0.prefix(13) }
            #expect(rows == ["id,text,answe", "3,item-3,\"Ans", "1,\"item-1, ag", "2,item-2,\"Ans"])
            #expect(String(decoding: TextFile.read(shell.folder.file("code")), as: UTF8.self).hasPrefix("0 0 "))
            #expect(!end.errors.contains("/tmp/"), "\(end.errors)")
            #expect(await simulator.ledger().paid == [1, 2, 3])
        }
    }

    @Test func `with a journal the same command pays for no row twice`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try TextFile.write(Self.table, to: shell.folder.file("in.csv"))
            let text = """
                cat in.csv | "$sluice" run - --input-format csv --format tsv -o - -m m --text-field text \
                --base-url $url --journal kept
                """
            let first = try await shell.pipe(text + " -n 1", ["url": simulator.baseURL])
            #expect(first.code == 0, "\(first)")
            #expect(first.output.split(separator: "\n").count == 4)
            let second = try await shell.pipe(text, ["url": simulator.baseURL])
            #expect(second.code == 0, "\(second)")
            #expect(second.output.hasPrefix("id\ttext\toutput\n3\titem-3\tAnswer to "))
            #expect(await simulator.ledger().paid == [1, 2, 3])
        }
    }

    @Test func `answers that nobody got are kept, also those from the cache`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try TextFile.write(Self.table, to: shell.folder.file("in.csv"))
            // The second run is let go once nobody reads what it writes.
            let end = try await shell.pipe(
                """
                mkdir tmp; mkfifo gone
                run() {
                  TMPDIR=$PWD/tmp "$sluice" run in.csv --format csv -o - -m m --text-field text --cache --base-url $url
                }
                run
                { read -r word < gone; run; } | { exec 0<&-; echo go > gone; }
                cat tmp/*/output.csv
                """, ["url": simulator.baseURL])
            let rows = end.output.split(separator: "\n")
            #expect(rows.count == 8 && rows.prefix(4) == rows.suffix(4), "\(end)")
            #expect(end.errors.contains("3 cached"), "\(end)")
            #expect(end.errors.contains("the answers so far are kept in "), "\(end)")
            #expect(await simulator.ledger().paid == [1, 2, 3])
        }
    }

    @Test func `a merge goes to standard output, too`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 2)
            let end = try await shell.pipe(
                """
                mkdir tmp; export TMPDIR=$PWD/tmp
                "$sluice" run in.jsonl -o out.jsonl -q -m m --base-url $url && "$sluice" merge out.jsonl -o - --format csv
                ls tmp
                """, ["url": simulator.baseURL])
            let rows = end.output.split(separator: "\n").map { $0.prefix(20) }
            #expect(rows == ["id,prompt,output", "1,hello item-1,\"Answ", "2,hello item-2,\"Answ"], "\(end)")
            #expect(end.errors.contains("standard output: 2 rows"), "\(end)")
        }
    }

    @Test func `an output that standard output cannot take is 6, and its answers are kept`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 2)
            let end = try await shell.pipe(
                """
                mkdir tmp; export TMPDIR=$PWD/tmp
                "$sluice" run in.jsonl -o - --format csv -m m --base-url $url > /dev/full; echo $?
                cat tmp/*/output.csv | wc -l
                "$sluice" run in.jsonl -o out.jsonl -q -m m --base-url $url
                "$sluice" merge out.jsonl -o - > /dev/full; echo $?
                ls tmp | wc -l
                """, ["url": simulator.baseURL])
            #expect(end.output.split(separator: "\n") == ["6", "3", "6", "1"], "\(end)")
            let message = "error: cannot write to standard output: no space left on device\nhint: the answers "
            #expect(end.errors.contains(message + "so far are kept in "), "\(end)")
            #expect(end.errors.contains(message + "stay where they were"), "\(end)")
            #expect(!end.errors.contains("standard output: 2 rows"), "\(end)")
        }
    }

    @Test func `who breaks off a run to standard output is told that its answers are kept nowhere`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(200))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 2000)
            let process = try shell.start(
                "run", "in.jsonl", "-o", "-", "-m", "m", "-c", "2", "--base-url", simulator.baseURL)
            #expect(await Deadline.wait { simulator.counts().answered >= 2 })
            process.signal(2)
            let end = await process.outcome()
            #expect(end.code == 130 && end.errors.contains("kept nowhere else"), "\(end)")
        }
    }

    @Test func `failed rows are lines on standard error`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell()
            try TextFile.write(Self.table + "4,item-4,odd\n", to: shell.folder.file("in.csv"))
            let end = try await shell.pipe(
                "\"$sluice\" run in.csv --format json -o - -q -m m --text-field text --base-url $url",
                ["url": simulator.baseURL])
            #expect(end.code == 1, "\(end)")
            #expect(try JSON.parse(Bytes(end.output)).elements.count == 4)
            #expect(end.errors.contains(#""code":"bad_row""#))
        }
    }
}
