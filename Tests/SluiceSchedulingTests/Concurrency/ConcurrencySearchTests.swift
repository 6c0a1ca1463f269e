import Testing

@testable import SluiceScheduling

struct ConcurrencySearchTests {
    /// Searches until nothing is left to try; more pays up to a knee, fewer as long as they are not below it.
    private func settled(from base: Int, knee: Int, most: Int = 1024) -> (search: ConcurrencySearch, tried: [Int]) {
        var search = ConcurrencySearch(base: base, most: most)
        var tried: [Int] = []
        search.begin(step: ConcurrencySearch.doubling)
        while let candidate = search.candidate, tried.count < 100 {
            tried.append(candidate)
            let factor = Double(min(knee, candidate)) / Double(min(knee, search.base))
            let pays = candidate > search.base ? factor > 1.01 : factor > 0.99
            if pays {
                search.accept(isLinear: factor > 1.9 && candidate > search.base)
            } else {
                search.reject()
            }
        }
        return (search, tried)
    }

    @Test(arguments: [1, 2, 3, 5, 8, 13, 50, 64, 200, 777, 1000])
    func `finds a knee within a tenth, or one, in less than 25 tries`(knee: Int) {
        let (search, tried) = settled(from: 8, knee: knee)
        #expect(search.candidate == nil)
        #expect(abs(search.base - knee) <= max(1, knee / 10), "\(tried)")
        #expect(tried.count < 25, "\(tried)")
    }

    @Test func `never tries more than there may be, nor fewer than one`() {
        #expect(settled(from: 8, knee: 5000, most: 100).search.base == 100)
        let (search, tried) = settled(from: 8, knee: 0, most: 100)
        #expect(search.base >= 1)
        #expect(tried.allSatisfy { (1...100).contains($0) })
        #expect(ConcurrencySearch(base: 8, most: 3).base == 3)
    }

    @Test func `steps grow fourfold while the throughput grows with the concurrency`() {
        #expect(settled(from: 8, knee: 1000).tried.prefix(4) == [16, 64, 256, 1024])
    }

    @Test func `tries nothing twice before it settles`() {
        let tried = settled(from: 8, knee: 90).tried
        #expect(Set(tried).count == tried.count, "\(tried)")
    }
}
