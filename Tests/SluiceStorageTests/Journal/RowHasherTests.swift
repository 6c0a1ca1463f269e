import Crypto
import SluiceCore
import SluiceStorage
import Testing

@Suite struct RowHasherTests {
    private let plain = RowHasher(template: nil, system: nil, schema: nil)

    private func hash(_ row: String, _ hasher: RowHasher? = nil) -> String { (hasher ?? plain).hash(Bytes(row)).hex }

    @Test func `the hash is the SHA-256 of version, context and row, each part behind its length`() {
        let hasher = RowHasher(template: Bytes("T{{a}}"), system: nil, schema: Bytes(""))
        var all: [UInt8] = []
        func add(_ text: String?) {
            let length = text.map { UInt64($0.utf8.count) } ?? .max
            all += (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(56 - $0 * 8)) }
            all += Array((text ?? "").utf8)
        }
        for part in ["sluice-row-1", "T{{a}}", nil, ""] { add(part) }
        all += Array(#"{"a":1}"#.utf8)
        let digest = Array(SHA256.hash(data: all)).prefix(16)
        let hex = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hash(" \t{\"a\":1} \r\n", hasher) == hex)
    }

    @Test func `template, system text and schema change the hash and cannot stand in for each other`() {
        let hashers = [
            plain, RowHasher(template: Bytes("x"), system: nil, schema: nil),
            RowHasher(template: nil, system: Bytes("x"), schema: nil),
            RowHasher(template: nil, system: nil, schema: Bytes("x")),
            RowHasher(template: Bytes(""), system: nil, schema: nil),
            RowHasher(template: Bytes("xx"), system: Bytes(""), schema: nil),
            RowHasher(template: Bytes("x"), system: Bytes("x"), schema: nil),
        ]
        #expect(Set(hashers.map { hash(#"{"a":1}"#, $0) }).count == hashers.count)
    }

    @Test(arguments: [
        (#"{"a":1,"output":"x","sluice":{"hash":"h"}}"#, #"{"a":1}"#),
        (#"{"a":1 ,"output":"x","sluice":{} }"#, #"{"a":1  }"#),
        (#"{"a": 1, "b": [1,{"output":2}], "output": "x", "sluice": {"c":{}}}"#, #"{"a": 1, "b": [1,{"output":2}]}"#),
        (#"{"output":"x","sluice":{}}"#, #"{}"#),
        (#"{"sluice":{},"output":"x"}"#, #"{}"#),
        (#"{"output":"x","sluice":{},"a":1,"b":2}"#, #"{"a":1,"b":2}"#),
        (#"{"a":1,"sluice":{},"b":2}"#, #"{"a":1,"b":2}"#),
        (#"{"a":1,"output":"x, y","b":2,"sluice":{}}"#, #"{"a":1,"b":2}"#),
        (#"{"a":"\\","output":"\"","sluice":{"x":"}"}}"#, #"{"a":"\\"}"#),
        (#"{"a":1,"sluice":{},"sluice":{}}"#, #"{"a":1}"#),
    ])
    func `a finished line hashes like the row it came from`(line: String, row: String) {
        #expect(hash(line) == hash(row))
    }

    @Test(arguments: [
        (#"{"a":1,"output":"x"}"#, #"{"a":1}"#), (#"{"a":1,"sluice":7}"#, #"{"a":1}"#),
        (#"{"a":{"sluice":{}}}"#, #"{"a":{}}"#), (#"{"a":1}"#, #"{"a":1.0}"#), (#"{"a":1}"#, #"{"a": 1}"#),
        (#"{"a":1,"answer":"x","sluice":{}}"#, #"{"a":1}"#),
    ])
    func `other rows hash differently`(one: String, other: String) {
        #expect(hash(one) != hash(other))
    }

    @Test func `the answer field is the one named, however its name is written`() {
        let hasher = RowHasher(template: nil, system: nil, schema: nil, answerField: "réponse")
        let row = hash(#"{"a":1}"#, hasher)
        #expect(hash(#"{"a":1,"réponse":"x","sluice":{}}"#, hasher) == row)
        #expect(hash(#"{"a":1,"r\u00e9ponse":"x","sluice":{}}"#, hasher) == row)
        #expect(hash(#"{"a":1,"output":"x","sluice":{}}"#, hasher) != row)
    }

    @Test func `the hexadecimal form reads back and nothing else does`() {
        let hash = plain.hash(Bytes("row"))
        #expect(RowHash(hex: hash.hex) == hash)
        #expect(RowHash(high: 0x0123_4567_89AB_CDEF, low: 1).hex == "0123456789abcdef0000000000000001")
        #expect(RowHash(hex: String(hash.hex.dropLast())) == nil)
        #expect(RowHash(hex: hash.hex.dropLast() + "g") == nil)
        #expect(RowHash(hex: hash.hex.dropLast() + "A") == nil)
        #expect(RowHash(hex: hash.hex.dropLast() + "`") == nil)
    }
}
