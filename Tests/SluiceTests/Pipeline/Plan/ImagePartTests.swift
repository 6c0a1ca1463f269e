import Sluice
import SluiceCore
import Testing

@Suite struct ImagePartTests {
    @Test func `an image goes beside the text, its url from the row's column`() throws {
        let body = try Body.of(#"{"q":"What is \"this\"?","path":"https://example.org/a.png"}"#) { asking in
            asking.template = "{{q}} Briefly."
            asking.image = "{{path}}"
        }
        #expect(
            body
                == #"{"model":"m","messages":[{"role":"user","content":["#
                + #"{"type":"text","text":"What is \"this\"? Briefly."},"#
                + #"{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]}]}"#)
    }

    @Test(arguments: ["/etc/passwd", "file:///etc/passwd", "a.png", ""])
    func `what is no url of an image is refused, so that no file leaves the machine`(path: String) throws {
        #expect(throws: SluiceError.self) {
            try Body.of(#"{"prompt":"hi","path":"\#(path)"}"#) { $0.image = "{{path}}" }
        }
    }

    @Test func `a column that no row has stops the run, with the nearest name`() throws {
        let error = #expect(throws: SluiceError.self) {
            try Body.of(#"{"prompt":"hi","path":"https://example.org/a.png"}"#) { $0.image = "{{pth}}" }
        }
        #expect(error?.hint == "did you mean {{path}}?")
    }

    @Test func `an endpoint without messages takes no images`() throws {
        #expect(throws: SluiceError.self) {
            try Body.of(#"{"prompt":"hi","path":"https://example.org/a.png"}"#) { asking in
                asking.image = "{{path}}"
                asking.endpoint = .completions
            }
        }
    }
}
