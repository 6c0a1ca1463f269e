import SluiceCore
import Testing

@Suite struct JSONErrorTests {
    @Test func `an error reads as a sentence with its place`() {
        let error = #expect(throws: JSONError.self) { try JSON.parse(Bytes("[1,")) }
        #expect(error.map(String.init(describing:)) == "expected a value at byte 3")
    }
}
