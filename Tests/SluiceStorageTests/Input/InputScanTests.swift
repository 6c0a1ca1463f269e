import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct InputScanTests {
    @Test func `rows and bad lines are counted and the first bad one is named`() throws {
        let job = Job()
        let long = String(repeating: "x", count: 2000)
        write("{\"a\":1}\n\n{bad\nplain\n\"s\"\n\(long)\n[1]\nlast", to: job.input)
        let counts = try #require(try job.counts { $0.lineLimit = 1000 }?.input)
        #expect(counts.rows == 5)
        #expect(counts.bad == 2)
        #expect(counts.firstBad?.line == 3)
        #expect(counts.alreadyDone == 0)
        #expect(try job.counts { $0.plainText = false }?.input?.bad == 4)
    }

    @Test(arguments: [
        (#"{"id":"a"}"#, #"{"id":"a","x":1}"#), (#"{"index":7}"#, #"{"custom_id":"7"}"#),
        (#"{"id":"\u0061"}"#, #"{"id":"a"}"#),
    ])
    func `two rows with one id are refused with both lines`(first: String, second: String) throws {
        let job = Job()
        job.writeInput([#"{"id":"other"}"#, first, "", #"{"p":1}"#, second])
        let error = try #require(job.refusal())
        #expect(error.code == .configuration)
        #expect(error.description.contains("lines 2 and 5"))
        #expect(error.description.contains(job.input))
        #expect(error.hint != nil)
        #expect(job.folder.names() == ["in.jsonl"])
    }

    @Test func `identical rows without an id are distinct rows`() throws {
        let job = Job()
        job.writeInput(Array(repeating: #"{"prompt":"same"}"#, count: 50) + ["text", "text"])
        #expect(try job.counts()?.input?.rows == 52)
    }

    @Test func `the scan can be stopped`() throws {
        let job = Job()
        job.writeInput([#"{"a":1}"#])
        #expect(try OutputStore.start(try job.options(), shouldStop: { true }) == nil)
    }

    @Test func `an input that is not there is an error and leaves nothing behind`() {
        let job = Job()
        #expect(job.refusal { $0.input = .file(job.folder.file("none")) }?.code == .io)
        #expect(job.folder.names() == [])
    }
}
