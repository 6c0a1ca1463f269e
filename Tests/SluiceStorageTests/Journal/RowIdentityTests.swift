import SluiceCore
import SluiceStorage
import Testing

@Suite struct RowIdentityTests {
    private func id(_ row: String) throws -> String? { RowIdentity.of(try JSON.parse(Bytes(row)))?.text }

    @Test func `custom_id comes before id before index, wherever they stand`() throws {
        #expect(try id(#"{"index":3,"id":"b","custom_id":"a"}"#) == "a")
        #expect(try id(#"{"custom_id":"a","id":"b","index":3}"#) == "a")
        #expect(try id(#"{"index":3,"id":"b"}"#) == "b")
        #expect(try id(#"{ "index" : -12 , "p":1}"#) == "-12")
    }

    @Test(arguments: ["null", "true", "1.5", "1e3", "[]", "{}"])
    func `only strings and whole numbers are ids`(value: String) throws {
        #expect(try id(#"{"id":\#(value)}"#) == nil)
        #expect(try id(#"{"custom_id":\#(value),"index":"x"}"#) == "x")
    }

    @Test func `the id keeps its bytes as JSON`() throws {
        let big = "123456789012345678901234567890"
        #expect(RowIdentity.of(try JSON.parse(Bytes(#"{"id":\#(big)}"#)))?.json.raw.text == big)
        #expect(RowIdentity.of(try JSON.parse(Bytes(#"{"id":"\u0061"}"#)))?.json.raw.text == #""\u0061""#)
        #expect(try id(#"{"id":"\u0061"}"#) == "a")
    }

    @Test func `ids inside other values and rows that are no objects have none`() throws {
        #expect(try id(#"{"a":{"id":1},"b":"\"id\":2"}"#) == nil)
        #expect(try id(#"["id"]"#) == nil)
        #expect(try id(#""id""#) == nil)
    }

    @Test func `of two members with one name the last counts`() throws {
        #expect(try id(#"{"id":1,"id":2}"#) == "2")
        #expect(try id(#"{"id":""}"#) == nil)
    }
}
