import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct SuspectsTests {
    private let job = Job()

    private func hash(_ number: UInt64) -> RowHash { RowHash(high: number, low: ~number) }

    /// An output whose state folder there is.
    private func paths() throws -> OutputPaths {
        job.writeInput([#"{"prompt":"a"}"#])
        return try #require(try job.start()?.paths)
    }

    /// What the next process makes of one that died with these rows in flight.
    private func die(_ paths: OutputPaths, with rows: [UInt64]) throws -> Suspects {
        let note = try InFlightNote(paths, rows: 300)
        for row in rows { _ = note.add(hash(row)) }
        let cell = try #require(note.add(hash(999)))
        note.clear(cell)
        return try Suspects.read(paths)
    }

    @Test func `a row that was in flight at two deaths with few others is left out`() throws {
        let paths = try paths()
        let first = try die(paths, with: [1, 2])
        #expect(first.deaths(hash(1)) == 1 && !first.isKeptApart(hash(1)) && !first.isQuarantined(hash(1)))
        #expect(first.deaths(hash(999)) == 0)
        let second = try die(paths, with: [2, 3])
        #expect(second.isQuarantined(hash(2)) && second.hasRepeated)
        #expect(!second.isQuarantined(hash(1)) && !second.isQuarantined(hash(3)))
    }

    @Test func `deaths with many rows in flight set them apart, and one with few of them decides`() throws {
        let paths = try paths()
        _ = try die(paths, with: Array(0..<200))
        let second = try die(paths, with: Array(50..<250))
        #expect((0..<250).count { second.isKeptApart(hash($0)) } == 150)
        #expect(!(0..<250).contains { second.isQuarantined(hash($0)) })
        #expect(second.isKeptApart(hash(50)) && second.isKeptApart(hash(199)))
        #expect(!second.isKeptApart(hash(49)) && !second.isKeptApart(hash(200)))
        let third = try die(paths, with: [60, 61, 300])
        #expect((0...300).filter { third.isQuarantined(hash($0)) } == [60, 61])
        #expect(third.deaths(hash(60)) == 3 && third.deaths(hash(62)) == 2)
    }

    @Test func `what a run was told, the next one is told again if it dies without coming to it`() throws {
        let paths = try paths()
        _ = try die(paths, with: [1])
        _ = try die(paths, with: [1])
        #expect(try die(paths, with: [7]).isQuarantined(hash(1)))
        #expect(try die(paths, with: []).isQuarantined(hash(1)))
    }

    @Test func `a death with nothing in flight parts the one before from the one after`() throws {
        let paths = try paths()
        _ = try die(paths, with: [1])
        #expect(try die(paths, with: []).isEmpty)
        #expect(!TextFile.exists(paths.suspects) && !TextFile.exists(paths.inFlight))
        let third = try die(paths, with: [1])
        #expect(third.deaths(hash(1)) == 1 && !third.isQuarantined(hash(1)))
        #expect(try Suspects.read(paths).deaths(hash(1)) == 1)
        // Rows that have met several are what they were.
        #expect(try die(paths, with: [1, 2]).isQuarantined(hash(1)))
        let last = try die(paths, with: [])
        #expect(last.isQuarantined(hash(1)) && last.deaths(hash(2)) == 0)
    }

    @Test func `after a good end a row left out is asked apart, one that was asked is none of them`() throws {
        let paths = try paths()
        for _ in 0..<2 { _ = try die(paths, with: [1, 2, 3]) }
        let known = try die(paths, with: [4])
        var remaining = known.remaining
        #expect(remaining.deaths(hash(4)) == 0)
        remaining.acquit(hash(2))
        remaining.release(hash(1))
        remaining.write(paths)
        let next = try Suspects.read(paths)
        #expect(next.isKeptApart(hash(1)) && !next.isQuarantined(hash(1)))
        #expect(next.deaths(hash(2)) == 0)
        #expect(next.isQuarantined(hash(3)))
        #expect(try die(paths, with: [1]).isQuarantined(hash(1)))
        remaining.keep([hash(3)])
        remaining.write(paths)
        #expect(try Suspects.read(paths).deaths(hash(1)) == 0)
        remaining.keep([])
        remaining.write(paths)
        #expect(!TextFile.exists(paths.suspects))
    }

    @Test func `an end in good order is no death`() throws {
        let paths = try paths()
        let note = try InFlightNote(paths, rows: 4)
        _ = note.add(hash(1))
        note.close()
        #expect(try Suspects.read(paths).isEmpty)
        #expect(!TextFile.exists(paths.inFlight))
    }

    @Test func `what was noted before the machine was started again counts for nothing`() throws {
        let paths = try paths()
        let note = try InFlightNote(paths, rows: 4)
        _ = note.add(hash(1))
        var bytes = TextFile.read(paths.inFlight)
        bytes[0] ^= 1
        try TextFile.write(bytes, to: paths.inFlight)
        #expect(try Suspects.read(paths).isEmpty)
    }

    @Test func `a damaged note or list stops nobody`() throws {
        let paths = try paths()
        _ = try die(paths, with: [1])
        for content in ["", "x", String(repeating: "z", count: 200)] {
            try TextFile.write(content, to: paths.inFlight)
            #expect(try Suspects.read(paths).deaths(hash(1)) == 1)
        }
        try TextFile.write("no hash 2\n\n\(hash(5).hex)\n\(hash(6).hex) many\n\(hash(7).hex) 2", to: paths.suspects)
        let read = try Suspects.read(paths)
        #expect(read.deaths(hash(7)) == 2 && read.isKeptApart(hash(7)) && !read.isQuarantined(hash(7)))
        #expect(read.deaths(hash(5)) == 0 && read.deaths(hash(6)) == 0)
    }

    @Test func `more rows than were told are not noted, and cells are used again`() throws {
        let note = try InFlightNote(try paths(), rows: 2)
        let first = try #require(note.add(hash(1)))
        #expect(note.add(hash(2)) != nil)
        #expect(note.add(hash(3)) == nil)
        note.clear(first)
        #expect(note.add(hash(4)) == first)
    }
}
