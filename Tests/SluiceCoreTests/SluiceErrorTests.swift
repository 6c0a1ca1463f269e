import SluiceCore
import Testing

@Suite struct SluiceErrorTests {
    @Test func `an error says where, what and what to do, each if it is known`() {
        #expect(SluiceError(.usage, "no input").description == "no input")
        #expect(SluiceError(.usage, "no input", hint: "name a file").description == "no input\nhint: name a file")
        #expect(SluiceError(.io, "cannot be read", file: "a.jsonl").description == "a.jsonl: cannot be read")
        #expect(
            SluiceError(.io, "is no JSON", hint: "remove it", file: "a.jsonl", line: 7).description
                == "a.jsonl:7: is no JSON\nhint: remove it")
    }

    @Test func `errors of one kind are equal whatever they say`() {
        #expect(SluiceError(.locked, "a") == SluiceError(.locked, "b", hint: "c"))
        #expect(SluiceError(.configuration, "a") != SluiceError(.io, "a"))
    }

    @Test func `each kind has the exit code that scripts rely on`() {
        let codes: [SluiceError.Code] = [.usage, .configuration, .io, .exhausted, .locked, .disk, .invariant]
        #expect(codes.map(\.exitCode) == [64, 2, 2, 3, 5, 6, 70])
        #expect(Set(codes.map(\.name)).count == codes.count)
    }
}
