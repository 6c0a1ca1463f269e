import SluiceScheduling
import Testing

struct GrantTableTests {
    @Test func `a grant can be closed once`() {
        var table = GrantTable()
        let one = table.open()
        let two = table.open()
        #expect(one != two)
        #expect(table.count == 2)
        let result1 = table.close(one)
        #expect(result1)
        let result2 = table.close(one)
        #expect(!result2)
        #expect(table.count == 1)
        let result3 = table.close(77)
        #expect(!result3)
    }

    @Test func `a place that is used again has another id`() {
        var table = GrantTable()
        let old = table.open()
        let result4 = table.close(old)
        #expect(result4)
        let new = table.open()
        #expect(new != old)
        let result5 = table.close(old)
        #expect(!result5)
        let result6 = table.close(new)
        #expect(result6)
        #expect(table.count == 0)
    }
}
