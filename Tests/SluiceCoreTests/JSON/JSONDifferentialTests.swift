import SluiceCore
import Testing

/// The scanner against ``ReferenceJSON`` over random documents and random damage.
@Suite struct JSONDifferentialTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `the scanner and a second parser agree on random documents and on damaged ones`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var refused = 0
        var acceptedAfterDamage = 0
        for _ in 0..<6_000 {
            let document = random.document()
            try #require(try isAgreed(document), "a generated document was refused: \(Bytes(document).text)")
            for _ in 0..<3 {
                if try isAgreed(random.damaged(document)) { acceptedAfterDamage += 1 } else { refused += 1 }
            }
        }
        // Both sides of the grammar were visited, or the comparison would mean little.
        #expect(refused > 6_000)
        #expect(acceptedAfterDamage > 2_000)
    }

    /// Compares both parsers on one text and returns whether it is valid.
    private func isAgreed(_ bytes: [UInt8]) throws -> Bool {
        // In the middle of other bytes that would continue the text, so that a look beyond the end shows.
        let framed = Bytes([0x5B, 0x22] + bytes + [0x22, 0x5D])[2..<bytes.count + 2]
        let expected = ReferenceJSON.parse(bytes)
        switch Result(catching: { () throws(JSONError) in try JSON.parse(framed) }) {
        case .success(let found):
            let expected = try #require(expected, "only the scanner accepts \(bytes)")
            try compare(found, expected, bytes)
            return true
        case .failure(let error):
            try #require(expected == nil, "only the scanner refuses (\(error)) \(bytes)")
            try #require((0...bytes.count).contains(error.offset))
            return false
        }
    }

    private func compare(_ found: JSON, _ expected: ReferenceJSON.Node, _ bytes: [UInt8]) throws {
        let text = Array(bytes[expected.range])
        try #require(found.raw.array == text)
        switch expected.value {
        case .object(let members): try compare(found, members, bytes)
        case .array(let elements):
            try #require(found.kind == .array)
            let values = found.elements
            try #require(values.count == elements.count)
            try #require(found.first?.raw == values.first?.raw)
            for (value, element) in zip(values, elements) { try compare(value, element, bytes) }
        case .string(let string):
            try #require(found.kind == .string)
            // By bytes, as == on strings looks past differences in normalisation.
            try #require(Array((found.string ?? "-").utf8) == Array(string.utf8))
        case .number(let number):
            try #require(found.kind == .number)
            try #require(found.int == (number.contains { ".eE".contains($0) } ? nil : Int(number)))
            try #require(found.double != nil)
        case .bool(let flag): try #require(found.bool == flag)
        case .null: try #require(found.isNull)
        }
        if case .object = expected.value {} else { try #require(found.members.isEmpty && found["a"] == nil) }
        if case .array = expected.value {} else { try #require(found.elements.isEmpty && found.first == nil) }
        if case .string = expected.value {} else { try #require(found.string == nil) }
        if case .number = expected.value {} else { try #require(found.int == nil && found.double == nil) }
        if case .bool = expected.value {} else { try #require(found.bool == nil) }
    }

    private func compare(_ found: JSON, _ expected: [ReferenceJSON.Member], _ bytes: [UInt8]) throws {
        try #require(found.kind == .object)
        let members = found.members
        try #require(members.count == expected.count)
        let raw = found.raw.array
        var rebuilt: [UInt8] = []
        for (member, other) in zip(members, expected) {
            try #require(Array(member.text.utf8) == Array(other.name.utf8))
            try #require(member.hasName(other.name))
            try #require(raw[member.range].elementsEqual(bytes[other.range]))
            try compare(member.value, other.node, bytes)
            // What stands between the members is blanks and commas; with it the object comes back byte for byte.
            let gap = raw[rebuilt.count..<member.range.lowerBound]
            try #require(gap.allSatisfy { [0x20, 0x09, 0x0A, 0x0D, 0x7B, 0x2C].contains($0) })
            rebuilt += gap
            let quotedName = [0x22] + member.name.array + [0x22]
            let value = member.value.raw.array
            let colon = raw[member.range].dropFirst(quotedName.count).dropLast(value.count)
            try #require(colon.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == [0x3A])
            rebuilt += quotedName + colon + value
        }
        try #require(raw[rebuilt.count...].last == 0x7D)
        try #require(raw[rebuilt.count...].dropLast().allSatisfy { [0x20, 0x09, 0x0A, 0x0D, 0x7B].contains($0) })
        for name in Set(expected.map(\.name)) {
            let last = expected.last { $0.name.utf8.elementsEqual(name.utf8) }
            try #require(found[name]?.raw.array == last.map { Array(bytes[$0.node.range]) })
        }
        try #require(found["no such name"] == nil)
    }
}
