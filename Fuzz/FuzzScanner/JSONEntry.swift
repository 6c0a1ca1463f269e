import SluiceCore

/// The JSON scanner: strict on what it accepts, and never outside the bytes, whatever they are.
enum JSONEntry: FuzzEntry {
    static let name = "json"

    static func run(_ bytes: [UInt8]) -> Bool {
        // The same input inside other bytes, which would each go on with it in another way: whoever looks beyond the
        // end or before the start sees something else the second time.
        let first = Bytes([0x22, 0x5B] + bytes + [0x22, 0x5D, 0x7D, 0x20, 0x20, 0x20, 0x20, 0x20])[2..<bytes.count + 2]
        let second = Bytes([0x5C, 0x7B] + bytes + [0x5C, 0x31, 0x80, 0xBF, 0xBF, 0x30, 0x30, 0x30])[2..<bytes.count + 2]
        let isValid: Bool
        switch Result(catching: { () throws(JSONError) in try JSON.parse(first) }) {
        case .success(let json):
            isValid = true
            expect((try? JSON.parse(second))?.raw == json.raw, "the surroundings decide", bytes)
            check(json, bytes)
        case .failure(let error):
            isValid = false
            expect((0...bytes.count).contains(error.offset), "the error lies outside", bytes)
            do {
                _ = try JSON.parse(second)
                expect(false, "the surroundings decide", bytes)
            } catch let other {
                expect(other == error, "the surroundings decide the error", bytes)
            }
        }
        if !bytes.isEmpty {
            expect(TrustedWalk.digest(first) == TrustedWalk.digest(second), "a walk looks outside", bytes)
        }
        return isValid
    }

    /// Checks what must hold for every value of a valid document.
    private static func check(_ json: JSON, _ bytes: [UInt8]) {
        let reparsed = try? JSON.parse(json.raw)
        expect(reparsed?.raw == json.raw, "a part is not valid by itself", bytes)
        let members = json.members
        var last = 0
        for member in members {
            let isInside = member.range.lowerBound > last && member.range.upperBound < json.raw.count
            expect(isInside, "a member overlaps or lies outside", bytes)
            last = member.range.upperBound
            expect(isPart(member.value.raw, of: json.raw) && isPart(member.name, of: json.raw), "outside", bytes)
            expect(member.hasName(member.text), "a member does not know its name", bytes)
            check(member.value, bytes)
        }
        if let member = members.last {
            expect(json[member.text]?.raw == member.value.raw, "the last member is not found", bytes)
        }
        let elements = json.elements
        for element in elements {
            expect(isPart(element.raw, of: json.raw), "an element lies outside", bytes)
            check(element, bytes)
        }
        expect(json.first?.raw == elements.first?.raw, "first is not the first element", bytes)
        checkScalar(json, bytes)
    }

    private static func checkScalar(_ json: JSON, _ bytes: [UInt8]) {
        expect((json.kind == .string) == (json.string != nil), "a string without text", bytes)
        expect((json.kind == .number) == (json.double != nil), "a number without value", bytes)
        expect((json.kind == .bool) == (json.bool != nil), "a truth value without value", bytes)
        var builder = JSONBuilder()
        if let text = json.string {
            builder.value(text)
            let copy = try? JSON.parse(Bytes(builder.bytes))
            expect(copy?.string?.utf8.elementsEqual(text.utf8) == true, "a text does not come back", bytes)
        } else if let number = json.int {
            builder.value(number)
            expect((try? JSON.parse(Bytes(builder.bytes)))?.int == number, "a number does not come back", bytes)
        }
    }

    private static func isPart(_ part: Bytes, of whole: Bytes) -> Bool {
        part.lower >= whole.lower && part.upper <= whole.upper
    }
}
