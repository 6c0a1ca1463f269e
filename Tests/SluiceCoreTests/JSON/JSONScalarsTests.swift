import SluiceCore
import Testing

@Suite struct JSONScalarsTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("1234567890", 1_234_567_890), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min), ("-9223372036854775807", -Int.max),
        ("1000000000000000000", 1_000_000_000_000_000_000),
    ])
    func `a number of digits is read up to the ends of 64 bits`(text: String, number: Int) throws {
        #expect(try JSON.parse(Bytes(text)).int == number)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999",
        "100000000000000000000000000000000000000000", "1.0", "1.5", "1e2", "-1E2", "0.0", "true", "null", "\"1\"",
        "[1]",
    ])
    func `what is no whole number of 64 bits is no integer`(text: String) throws {
        #expect(try JSON.parse(Bytes(text)).int == nil)
    }

    @Test(arguments: [
        ("0", 0), ("1.5", 1.5), ("-2.5e-3", -0.0025), ("1E+2", 100), ("1e400", .infinity), ("-1e400", -.infinity),
        ("1e-400", 0), ("0.1", 0.1), ("9007199254740993", 9_007_199_254_740_992),
        ("5e-324", Double.leastNonzeroMagnitude),
        ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
    ])
    func `a number is the double nearest to it`(text: String, number: Double) throws {
        #expect(try JSON.parse(Bytes(text)).double == number)
    }

    @Test func `minus zero keeps its sign as a double`() throws {
        #expect(try JSON.parse(Bytes("-0")).double?.sign == .minus)
        #expect(try JSON.parse(Bytes("0")).double?.sign == .plus)
    }

    @Test func `a number of a million digits is read without harm and stays as it is`() throws {
        let text = String(repeating: "1", count: 1_000_000)
        let json = try JSON.parse(Bytes("[\(text)]"))
        #expect(json.first?.int == nil)
        #expect(json.first?.double == .infinity)
        #expect(json.first?.raw.count == 1_000_000)
    }

    @Test func `a truth value is read and nothing else is one`() throws {
        let json = try JSON.parse(Bytes(#"[true,false,null,0,1,"true"]"#))
        #expect(json.elements.map(\.bool) == [true, false, nil, nil, nil, nil])
    }

    @Test func `only a string is a string and only a number a number`() throws {
        let json = try JSON.parse(Bytes(#"[1,true,null,[],{},"a"]"#))
        #expect(json.elements.map(\.string) == [nil, nil, nil, nil, nil, "a"])
        #expect(json.elements.map(\.double) == [1, nil, nil, nil, nil, nil])
    }
}
