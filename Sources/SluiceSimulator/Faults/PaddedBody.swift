/// A body with one byte many times in its middle, which is never held as a whole.
struct PaddedBody: Sendable, Equatable {
    private static let block = 65_536

    let before: [UInt8]
    let filler: UInt8
    let times: Int
    let after: [UInt8]

    var count: Int { before.count + times + after.count }

    init(before: [UInt8], filler: UInt8, times: Int, after: [UInt8]) {
        self.before = before
        self.filler = filler
        self.times = times
        self.after = after
    }

    /// A body filled up to so many bytes: its first text grows, or else blanks come before it.
    ///
    /// A body that is larger already stays as it is.
    init(_ body: [UInt8], upTo size: Int) {
        let times = max(0, size - body.count)
        for mark in [#""content":""#, #""text":""#] {
            guard let start = Self.end(of: Array(mark.utf8), in: body) else { continue }
            self.init(
                before: Array(body[..<start]), filler: UInt8(ascii: "x"), times: times, after: Array(body[start...]))
            return
        }
        self.init(before: [], filler: UInt8(ascii: " "), times: times, after: body)
    }

    /// The steps that send it behind a head.
    func steps(after head: [UInt8]) -> [Delivery.Step] {
        let blocks = times / Self.block
        var steps: [Delivery.Step] = [.send(head + before)]
        if blocks > 0 { steps.append(.fill(Array(repeating: filler, count: Self.block), times: blocks)) }
        steps.append(.send(Array(repeating: filler, count: times % Self.block) + after))
        return steps
    }

    private static func end(of mark: [UInt8], in body: [UInt8]) -> Int? {
        guard body.count >= mark.count else { return nil }
        return (0...body.count - mark.count).first { body[$0..<$0 + mark.count].elementsEqual(mark) }
            .map { $0 + mark.count }
    }
}
