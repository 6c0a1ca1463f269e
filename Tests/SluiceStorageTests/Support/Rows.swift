import SluiceCore
import SluiceStorage

/// What a feed brings: rows as they are handed to the slots.
struct Rows {
    var texts: [String] = []
    var numbers: [Int] = []
    var bad: [BadLine] = []

    /// Everything that a source has.
    static func of(_ source: InputSource) async throws -> Rows {
        let feed = try RecordFeed(source) { $0 }
        let rows = await all(feed)
        if let failure = feed.failure { throw failure }
        return rows
    }

    static func all(_ feed: RecordFeed<FeedItem>) async -> Rows {
        var rows = Rows()
        while let item = await feed.next() {
            switch item {
            case .record(let record):
                rows.texts.append(record.bytes.text)
                rows.numbers.append(record.line)
            case .bad(let bad): rows.bad.append(bad)
            }
        }
        return rows
    }
}
