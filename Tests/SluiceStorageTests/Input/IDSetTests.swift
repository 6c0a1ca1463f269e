import SluiceCore
import SluiceStorage
import Testing

@Suite struct IDSetTests {
    private func id(_ value: String) throws -> RowIdentity {
        try #require(RowIdentity.of(try JSON.parse(Bytes(#"{"id":\#(value)}"#))))
    }

    @Test func `an id is new once`() throws {
        let set = IDSet()
        for number in 0..<50_000 { #expect(set.insert(try id("\(number)"))) }
        for number in stride(from: 0, to: 50_000, by: 7) { #expect(!set.insert(try id("\"\(number)\""))) }
        #expect(set.insert(try id("50000")))
    }
}
