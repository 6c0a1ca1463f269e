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
            let step = Double(candidate) / Double(search.base)
            if pays {
                search.accept(isLinear: step > 1 && factor - 1 > ConcurrencySearch.linear * (step - 1))
            } else {
                search.reject(isLinear: step < 1 && factor - 1 < ConcurrencySearch.linear * (step - 1))
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

    @Test func `what fell along with the concurrency is not fallen below again`() {
        var search = ConcurrencySearch(base: 64, most: 1024)
        search.begin(step: ConcurrencySearch.doubling, isDownFirst: true)
        #expect(search.candidate == 32)
        search.reject(isLinear: true)
        var tried: [Int] = []
        while let candidate = search.candidate, tried.count < 20 {
            tried.append(candidate)
            search.reject()
        }
        #expect(tried == [128, 91, 76, 68, 60])
    }

    @Test func `goes on after a pause with what it knows not to pay`() {
        var search = ConcurrencySearch(base: 8, most: 1024)
        search.begin(step: ConcurrencySearch.doubling)
        search.accept(isLinear: true)
        search.accept(isLinear: true)
        #expect(search.candidate == 256)
        search.pause()
        #expect(search.candidate == nil)
        #expect(search.base == 64)
        search.goOn(step: ConcurrencySearch.doubling)
        #expect(search.candidate == 128)
        for _ in 0..<4 { search.reject() }
        // It grew along up to 64, so only a few less are worth a try.
        #expect(search.candidate == 60)
    }

    @Test func `tries nothing twice before it settles`() {
        let tried = settled(from: 8, knee: 90).tried
        #expect(Set(tried).count == tried.count, "\(tried)")
    }
}
