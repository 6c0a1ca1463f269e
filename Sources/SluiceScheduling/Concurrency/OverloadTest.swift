/// Whether a server that says it has too much to do has it from what is sent to it.
///
/// Three times at least, and a tenth of all replies since the first of them, among answers. More seldom it is chance; and where
/// nothing is answered, fewer requests would not be either.
package struct OverloadTest: Sendable {
    private static let least = 3
    private static let part = 10
    private var count = 0
    private var answers = 0
    private var lowest = Int.max

    /// Nothing was said yet.
    package init() {}

    /// Takes a reply that says so, to a request with which so many were in flight; returns the least that was too much
    /// once that is clear.
    package mutating func add(load: Int) -> Int? {
        count += 1
        lowest = min(lowest, load)
        guard count >= Self.least, answers > 0, count * Self.part >= count + answers else { return nil }
        defer { self = OverloadTest() }
        return lowest
    }

    /// Takes an answer.
    package mutating func answer() {
        guard count > 0 else { return }
        answers += 1
        if answers >= Self.part * max(count, Self.least) { self = OverloadTest() }
    }
}
