import SluiceScheduling
import Testing

struct GrantTableTests {
    @Test func `a grant can be closed once`() {
        var table = GrantTable()
        let one = table.open()
        let two = table.open()
        #expect(one != two)
        #expect(table.count == 2)
        #expect(table.close(one))
        #expect(!table.close(one))
        #expect(table.count == 1)
        #expect(!table.close(77))
    }

    @Test func `a place that is used again has another id`() {
        var table = GrantTable()
        let old = table.open()
        #expect(table.close(old))
        let new = table.open()
        #expect(new != old)
        #expect(!table.close(old))
        #expect(table.close(new))
        #expect(table.count == 0)
    }
}
