import SluiceCore
import Testing

@Suite struct JSONMemberTests {
    @Test func `a member keeps its name as it was written`() throws {
        let members = try JSON.parse(Bytes(#"{"caf\u00e9":1,"plain":2}"#)).members
        #expect(members.map(\.name.text) == [#"caf\u00e9"#, "plain"])
        #expect(members.map(\.text) == ["café", "plain"])
        #expect(members.map(\.value.int) == [1, 2])
    }

    @Test func `a name is told from one that begins or ends like it`() throws {
        let member = try #require(try JSON.parse(Bytes(#"{"input":1}"#)).members.first)
        #expect(member.isNamed("input"))
        for other in ["", "i", "inpu", "inputs", "nput", "Input", "inpux", "xnput"] { #expect(!member.hasName(other)) }
    }

    @Test func `members are visited in order`() throws {
        var seen: [String] = []
        try JSON.parse(Bytes(#"{"b":1,"a":2,"c":{"d":3}}"#)).forEachMember { seen.append($0.text) }
        #expect(seen == ["b", "a", "c"])
    }
}
