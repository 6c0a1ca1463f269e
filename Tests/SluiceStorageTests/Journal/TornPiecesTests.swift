import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct TornPiecesTests {
    private let rows = [#"{"id":1,"p":"a"}"#, #"{"id":2,"p":"b\n\u2028 é"}"#]

    /// An output whose state folder an earlier run has made.
    private func crashed(_ job: Job, _ content: [UInt8]) throws {
        _ = try job.start()
        write(content, to: job.output)
    }

    @Test func `an output cut off anywhere in its last line is repaired and nothing is deleted`() throws {
        let job = Job()
        job.writeInput(rows)
        let first = Array((job.answer(rows[0]) + "\n").utf8)
        let last = Array((job.answer(rows[1]) + "\n").utf8)
        for kept in 0...last.count {
            let fragment = Array(last[..<kept])
            let fresh = Job()
            fresh.writeInput(rows)
            try crashed(fresh, first + fragment)
            let counts = try #require(try fresh.counts())
            let isWhole = kept >= last.count - 1
            #expect(counts.finished == (isWhole ? 2 : 1), "kept \(kept)")
            #expect(counts.input?.alreadyDone == counts.finished)
            #expect(counts.torn == (isWhole || kept == 0 ? 0 : 1))
            #expect(read(fresh.output) == first + (isWhole ? last : []))
            #expect(read(fresh.output + ".sluice/torn-1") == (isWhole || kept == 0 ? nil : fragment))
            #expect(counts.stale == 0)
        }
    }

    @Test func `a first line that was cut off is a fragment, too`() throws {
        let job = Job()
        job.writeInput(rows)
        try crashed(job, Array(job.answer(rows[0]).utf8.dropLast(3)))
        let counts = try #require(try job.counts())
        #expect(counts.torn == 1)
        #expect(counts.left == 2)
        #expect(read(job.output) == [])
    }

    @Test func `zeros at the end are a fragment`() throws {
        let job = Job()
        job.writeInput(rows)
        let whole = Array((job.answer(rows[0]) + "\n").utf8)
        let zeros = [UInt8](repeating: 0, count: 5000)
        try crashed(job, whole + zeros)
        #expect(try job.counts()?.torn == 1)
        #expect(read(job.output) == whole)
        #expect(read(job.output + ".sluice/torn-1") == zeros)
        try crashed(job, whole + zeros)
        #expect(try job.counts()?.torn == 1)
        #expect(read(job.output + ".sluice/torn-2") == zeros)
        #expect(mode(job.output + ".sluice/torn-2") == 0o600)
    }

    @Test func `a damaged line in the middle is moved out and its row asked again`() throws {
        let job = Job()
        job.writeInput(rows)
        try crashed(job, Array((job.answer(rows[0]).dropLast(9) + "\n" + job.answer(rows[1]) + "\n").utf8))
        let counts = try #require(try job.counts())
        #expect(counts.torn == 1)
        #expect(counts.input?.alreadyDone == 1)
        #expect(lines(job.output) == [job.answer(rows[1])])
        #expect(lines(job.output + ".sluice/torn-1") == [String(job.answer(rows[0]).dropLast(9))])
    }
}
