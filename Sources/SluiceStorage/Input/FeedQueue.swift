import SluiceCore

/// The rows between the reader thread and the slots: what is ready, or who waits; never both.
struct FeedQueue<Product: FeedProduct> {
    /// A slot that waits for a row.
    typealias Waiter = Suspension<Product?>

    /// What a slot gets.
    enum Take {
        /// A row; with `wakeReader` there is room again for the reader, which sleeps.
        case product(Product, wakeReader: Bool)
        /// No row will ever come.
        case ended
        /// No row has come yet.
        case empty
    }

    private let bounds: LookAhead
    /// The batch that is handed out now, last row first, so that taking one moves it out.
    private var current: [Product] = []
    /// The batches behind it, each last row first, from `nextBatch` on.
    private var batches: [[Product]] = []
    private var nextBatch = 0
    private var rows = 0
    private var bytes = 0
    private var waiters: [Waiter] = []
    private var readerSleeps = false
    private(set) var isStopped = false
    private var isEnded = false
    /// Why reading broke off, if it did.
    private(set) var failure: SluiceError?

    init(_ bounds: LookAhead) {
        self.bounds = bounds
    }

    /// Takes the next row.
    mutating func take() -> Take {
        if isStopped { return .ended }
        if current.isEmpty {
            guard nextBatch < batches.count else { return isEnded ? .ended : .empty }
            // The used-up batch goes with its memory; a reader that is always ahead never lets the list run empty.
            current = []
            swap(&current, &batches[nextBatch])
            nextBatch += 1
            if nextBatch == batches.count || nextBatch == 64 {
                batches.removeFirst(nextBatch)
                nextBatch = 0
            }
        }
        let product = current.removeLast()
        rows -= 1
        bytes -= product.weight
        // The reader sleeps until half of the room is free, not for every row.
        let wakes = readerSleeps && rows <= bounds.rows / 2 && bytes <= bounds.bytes / 2
        if wakes { readerSleeps = false }
        return .product(product, wakeReader: wakes)
    }

    /// Takes the next row, or keeps the slot waiting if there is none.
    mutating func takeOrPark(_ waiter: Waiter) -> Take {
        let taken = take()
        if case .empty = taken { waiters.append(waiter) }
        return taken
    }

    /// Whether the reader may add a batch; if not it is noted as sleeping.
    mutating func hasRoom() -> Bool {
        if rows == 0 || (rows < bounds.rows && bytes < bounds.bytes) || isStopped { return true }
        readerSleeps = true
        return false
    }

    /// Adds a batch, first row first; returns who waited, with their rows.
    mutating func add(_ batch: [Product]) -> [(Waiter, Product)] {
        if isStopped { return [] }
        // Slots are all alike, so the one that waited least, whose memory is warm, is served first.
        let served = min(waiters.count, batch.count)
        let pairs = Array(zip(waiters.suffix(served), batch))
        waiters.removeLast(served)
        if served < batch.count {
            var rest = Array(batch[served...])
            rest.reverse()
            rows += rest.count
            bytes += rest.reduce(0) { $0 + $1.weight }
            batches.append(rest)
        }
        return pairs
    }

    /// Ends the feed, perhaps with an error, and returns who waits in vain; what is ready is still handed out.
    mutating func end(_ error: SluiceError?) -> [Waiter] {
        isEnded = true
        if !isStopped { failure = error }
        return leave()
    }

    /// Ends the feed at once and drops what is ready; returns who waits in vain.
    mutating func stop() -> [Waiter] {
        isStopped = true
        current = []
        batches = []
        nextBatch = 0
        rows = 0
        bytes = 0
        return leave()
    }

    private mutating func leave() -> [Waiter] {
        let left = waiters
        waiters = []
        return left
    }
}
