import SluiceCore
import Testing

@Suite struct BytesTests {
    @Test func `a part is counted from its own start`() {
        let bytes = Bytes("0123456789")
        let part = bytes[2..<8]
        #expect(part.count == 6)
        #expect(part.text == "234567")
        #expect(part[0] == UInt8(ascii: "2"))
        #expect(part[5] == UInt8(ascii: "7"))
        #expect(part[1..<3].text == "34")
        #expect(part[1..<3].array == [0x33, 0x34])
        #expect(part[6..<6].isEmpty)
        #expect(bytes.array.count == 10)
    }

    @Test func `equal bytes are equal wherever they are stored`() {
        #expect(Bytes("xabcx")[1..<4] == Bytes("abc"))
        #expect(Bytes("abc") != Bytes("abd"))
        #expect(Bytes("abc") != Bytes("ab"))
        #expect(Bytes("") == Bytes("abc")[2..<2])
    }

    @Test func `what is not UTF-8 is replaced in the text and kept in the bytes`() {
        let bytes = Bytes([0x61, 0xFF, 0x62])
        #expect(bytes.text == "a\u{FFFD}b")
        #expect(bytes.array == [0x61, 0xFF, 0x62])
    }

    @Test func `only the part itself is lent`() {
        let seen = Bytes("0123456789")[3..<6].withUnsafeBytes { Array($0) }
        #expect(seen == [0x33, 0x34, 0x35])
        #expect(Bytes("").withUnsafeBytes { $0.count } == 0)
    }

    @Test func `an error thrown by the borrower comes through with its type`() {
        struct Refused: Error, Equatable {}
        #expect(throws: Refused()) {
            try Bytes("a").withUnsafeBytes { _ throws(Refused) in throw Refused() }
        }
    }

    @Test func `a part is appended to an array without its surroundings`() {
        var array: [UInt8] = [1]
        array.append(Bytes([7, 8, 9])[1..<2])
        array.append(Bytes([])[0..<0])
        #expect(array == [1, 8])
    }

    @Test func `a byte beyond a part is out of reach even if it is stored`() async {
        await #expect(processExitsWith: .failure) { _ = Bytes("0123456789")[2..<4][2] }
        await #expect(processExitsWith: .failure) { _ = Bytes("0123456789")[0..<11] }
    }
}
