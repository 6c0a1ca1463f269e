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

    /// What follows from a batch that has come.
    struct Delivery {
        /// Who waited, with their rows.
        var served: [(Waiter, Product)] = []
        /// Who waits in vain.
        var left: [Waiter] = []
        /// Whether there is room again for the reader, which sleeps.
        var wakesReader = false
    }

    private let bounds: LookAhead
    /// The batch that is handed out now, last row first, so that taking one moves it out.
    private var current: [Product] = []
    /// The batches behind it, each last row first, from `nextBatch` on, with their bytes.
    private var batches: [(rows: [Product], weight: Int)] = []
    private var nextBatch = 0
    /// Batches that are on their way, which count as if they were here.
    private var announced = 0
    private var rows = 0
    /// The bytes of the batches; one that is handed out now counts no more.
    private var bytes = 0
    private var waiters: [Waiter] = []
    private var readerSleeps = false
    private(set) var isStopped = false
    private var isEnded = false
    /// Why reading broke off, if it did.
    private(set) var failure: SluiceError?

    /// Whether nothing more comes, and nobody has stopped it before.
    var hasEnded: Bool { isEnded && !isStopped && failure == nil && rows == 0 && announced == 0 }

    init(_ bounds: LookAhead) {
        self.bounds = bounds
    }

    /// Takes the next row.
    mutating func take() -> Take {
        if isStopped { return .ended }
        if current.isEmpty {
            guard nextBatch < batches.count else { return isEnded && announced == 0 ? .ended : .empty }
            // The used-up batch goes with its memory; a reader that is always ahead never lets the list run empty.
            current = []
            swap(&current, &batches[nextBatch].rows)
            bytes -= batches[nextBatch].weight
            nextBatch += 1
            if nextBatch == batches.count || nextBatch == 64 {
                batches.removeFirst(nextBatch)
                nextBatch = 0
            }
        }
        let product = current.removeLast()
        rows -= 1
        return .product(product, wakeReader: wakesReader())
    }

    /// Whether the reader has to be woken: it sleeps until half of the room is free, not for every row.
    private mutating func wakesReader() -> Bool {
        guard readerSleeps, rows <= bounds.rows / 2, bytes <= bounds.bytes / 2 else { return false }
        readerSleeps = false
        return true
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
            let weight = rest.reduce(0) { $0 + $1.weight }
            bytes += weight
            batches.append((rest, weight))
        }
        return pairs
    }

    /// Keeps room for a batch that ``deliver(_:for:)`` will bring.
    /// - Parameters:
    ///   - count: Its rows.
    ///   - weight: Their bytes.
    mutating func announce(_ count: Int, weight: Int) {
        if isStopped { return }
        announced += 1
        rows += count
        bytes += weight
    }

    /// Adds a batch that was announced, whatever its rows weigh now.
    /// - Parameter weight: The bytes of the rows as they were announced.
    mutating func deliver(_ batch: [Product], for weight: Int) -> Delivery {
        if isStopped { return Delivery() }
        announced -= 1
        rows -= batch.count
        bytes -= weight
        var delivery = Delivery(served: add(batch))
        if isEnded, announced == 0 { delivery.left = leave() }
        delivery.wakesReader = wakesReader()
        return delivery
    }

    /// Ends the feed, perhaps with an error, and returns who waits in vain; what is ready is still handed out.
    mutating func end(_ error: SluiceError?) -> [Waiter] {
        isEnded = true
        if !isStopped { failure = error }
        return announced == 0 ? leave() : []
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
