import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct OutputIndexTests {
    @Test(arguments: [
        "id,text\n1,hello\n", "id,text\n1,hello", "hello", "[{\"a\":1}]\n", "{\"a\":1}\n", "{\"0\": \"text\"}\nnull\n",
        "[{\"model\":\"m\"},{\"choices\":[]}]\n", "{\"a\":1,\"sluice\":{}}\n",
        "{\"a\":1,\"sluice\":{\"hash\":\"short\"}}\n", "{\"a\":1,\"sluice\":{\"hash\":7}}\n",
        "{\"a\":{\"sluice\":{\"hash\":\"00000000000000000000000000000000\"}}}\n",
        "{\"custom_id\":\"a\",\"response\":{}}\n",
    ])
    func `a file that somebody else wrote is refused and not touched`(content: String) throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        write(content, to: job.output)
        let error = try #require(job.refusal())
        #expect(error.code == .configuration)
        #expect(error.hint != nil)
        #expect(text(job.output) == content)
        #expect(job.folder.names() == ["in.jsonl", "out.jsonl"])
    }

    @Test(arguments: [1, 2])
    func `somebody else's lines among ours are refused with their number, and what to do`(place: Int) throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#, #"{"p":2}"#])
        let ours = [job.answer(#"{"p":1}"#), job.answer(#"{"p":2}"#)]
        let theirs = #"{"p":2,"output":"x"}"#
        var content = ours
        content.insert(theirs, at: place - 1)
        job.writeOutput(content)
        let error = try #require(job.refusal())
        #expect(error.line == place && error.file == job.output)
        #expect(error.message.contains("as 2 others of the file are"))
        #expect(error.hint == "remove that line and run the same command again")
        #expect(lines(job.output) == content)
        job.writeOutput(content + [theirs])
        #expect(job.refusal()?.message.contains("this line and 1 more are no answers") == true)
        #expect(job.refusal()?.hint?.contains("remove those lines") == true)
        job.writeOutput(ours)
        #expect(try job.counts()?.left == 0)
    }

    @Test func `a text file beside a state folder is still refused`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        _ = try job.start()
        write("some\nnotes\n", to: job.output)
        #expect(job.refusal()?.code == .configuration)
        #expect(text(job.output) == "some\nnotes\n")
    }

    @Test func `the mark is found wherever it stands and whatever is beside it`() throws {
        let job = Job()
        let row = #"{"p":"\"sluice\":{\"hash\":\"00000000000000000000000000000000\"}"}"#
        let hash = job.hasher.hash(Bytes(row)).hex
        job.writeInput([row])
        job.writeOutput([
            #"{ "sluice" : {"x":{"hash":1},"hash" : "\#(hash)","y":"}"} , \#(row.dropFirst().dropLast()),"output":"x"}"#
        ])
        #expect(try job.counts()?.input?.alreadyDone == 1)
    }

    @Test func `empty and blank outputs are new ones`() throws {
        for content in ["", "\n", " \r\n\n"] {
            let job = Job()
            job.writeInput([#"{"p":1}"#])
            write(content, to: job.output)
            let counts = try #require(try job.counts())
            #expect(counts.finished == 0)
            #expect(counts.left == 1)
        }
    }
}
