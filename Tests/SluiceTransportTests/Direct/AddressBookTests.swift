import SluiceCore
import SluiceTransport
import Testing

@Suite struct AddressBookTests {
    private func book(_ addresses: [(String, Int)]) -> AddressBook<String> {
        var book = AddressBook<String>()
        book.found(addresses.map { .init(address: $0.0, family: $0.1) }, at: at(0))
        return book
    }

    private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test func `a name is looked up at first and again after half a minute`() {
        var book = AddressBook<String>()
        #expect(book.isStale(at(0)))
        book.found([.init(address: "a", family: 4)], at: at(0))
        #expect(!book.isStale(at(29)))
        #expect(book.isStale(at(30)))
    }

    @Test func `connections take turns among the addresses of the first family`() {
        var book = book([("6a", 6), ("6b", 6), ("6c", 6), ("4a", 4)])
        let firsts = (0..<6).map { _ in book.order(at(0))[0] }
        #expect(Set(firsts) == ["6a", "6b", "6c"])
        #expect(firsts[..<3] == firsts[3...])
        #expect(book.order(at(0)).count == 4)
        #expect(book.order(at(0)).last == "4a")
    }

    @Test func `an address that did not answer is left for last, for a while`() {
        var book = book([("a", 4), ("b", 4)])
        book.failed("a", at: at(1))
        for _ in 0..<4 { #expect(book.order(at(2)) == ["b", "a"]) }
        #expect(Set((0..<4).map { _ in book.order(at(31))[0] }) == ["a", "b"])
        book.failed("a", at: at(40))
        book.answered("a")
        #expect(Set((0..<4).map { _ in book.order(at(41))[0] }) == ["a", "b"])
    }

    @Test func `if none answered all are tried again, and another family where one is out`() {
        var one = book([("6a", 6), ("4a", 4), ("4b", 4)])
        one.failed("6a", at: at(1))
        #expect(Set(one.order(at(2))[..<2]) == ["4a", "4b"])
        one.failed("4a", at: at(1))
        one.failed("4b", at: at(1))
        #expect(one.order(at(2)) == ["6a", "4a", "4b"])
    }
}
