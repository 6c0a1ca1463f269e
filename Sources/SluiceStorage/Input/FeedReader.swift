import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

private let chunkSize = 256 << 10
// A batch is what is handed over under one lock: large enough to make the lock cheap, small beside the look-ahead.
private let batchRows = 256
private let batchBytes = 128 << 10

private struct Stopped: Error {}

/// The reader thread's side of a ``RecordFeed``.
struct FeedReader<Product: FeedProduct>: Sendable {
    private let source: InputSource
    private let opened: OpenFile?
    private let queue: Guarded<FeedQueue<Product>>
    private let wakeUp: WakeUp
    private let lineLimit: Int
    private let names: DistinctIDs?
    private let models: [String]
    private let make: @Sendable (FeedItem) -> Product
    private let complete: RecordFeed<Product>.Completion?
    private var batch: [Product] = []
    private var weight = 0

    /// A reader of a source, which may be open already.
    init(
        _ source: InputSource, opened: OpenFile?, queue: Guarded<FeedQueue<Product>>, wakeUp: WakeUp, lineLimit: Int,
        names: DistinctIDs?, models: [String], make: @escaping @Sendable (FeedItem) -> Product,
        complete: RecordFeed<Product>.Completion?
    ) {
        self.source = source
        self.opened = opened
        self.queue = queue
        self.wakeUp = wakeUp
        self.lineLimit = lineLimit
        self.names = names
        self.models = models
        self.make = make
        self.complete = complete
    }

    /// Reads to the end, or until the feed is stopped.
    mutating func run() {
        var failure: SluiceError?
        do {
            try read(try opened ?? source.open())
        } catch let error as SystemError {
            failure = error.stopping("read", source.name)
        } catch let error as SluiceError {
            failure = error
        } catch {
            // Stopped: whoever stopped the feed knows.
        }
        for waiter in queue.withLock({ $0.end(failure) }) { waiter.resume(returning: nil) }
    }

    private mutating func read(_ file: OpenFile) throws {
        if case .folder(let path) = source.place {
            try InputFolder(path, shard: source.shard).read(lineLimit: lineLimit) { line in try add(line) }
            return try flush()
        }
        let mayBlock = try file.status().kind != .regular
        var decoder = InputDecoder(source, lineLimit: lineLimit)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 4096)
        defer { chunk.deallocate() }
        while true {
            let isReady = mayBlock ? wakeUp.wait(for: file.descriptor) : true
            if queue.withLock({ $0.isStopped }) { throw Stopped() }
            guard isReady else { continue }
            guard let count = try readIfReady(file, into: chunk) else { continue }
            if count == 0 { break }
            let bytes = chunk.assumingMemoryBound(to: UInt8.self)[..<count]
            try decoder.decode(UnsafeBufferPointer(rebasing: bytes)) { line in try add(line) }
            try flush()
        }
        try decoder.finish { line in try add(line) }
        try flush()
    }

    /// Reads once; nil from a non-blocking pipe whose bytes somebody else took.
    private func readIfReady(_ file: OpenFile, into chunk: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int? {
        do {
            return try file.read(into: chunk)
        } catch {
            if error.number == EAGAIN { return nil }
            throw error
        }
    }

    private mutating func add(_ line: Line) throws {
        if let bad = BadLine(line, limit: lineLimit) {
            try add(.bad(bad))
        } else if !models.isEmpty, let defect = RowSyntax.defect(in: line.text, plainText: true) {
            // It fails once and not for every model; else that is found out where rows are planned.
            try add(.bad(BadLine(line: line.number, message: defect, bytes: Bytes(Array(line.text)))))
        } else {
            let record = Record(line: line.number, bytes: Bytes(Array(line.text)), newID: names?.newID(of: line.text))
            if models.isEmpty { try add(.record(record)) }
            for model in models { try add(.record(record.asked(of: model))) }
        }
    }

    private mutating func add(_ item: FeedItem) throws {
        let product = make(item)
        batch.append(product)
        weight += product.weight
        if batch.count >= batchRows || weight >= batchBytes { try flush() }
    }

    /// Waits for room and hands the batch to the slots.
    private mutating func flush() throws {
        guard !batch.isEmpty else { return }
        while !queue.withLock({ $0.hasRoom() }) { wakeUp.wait() }
        let rows = batch
        batch.removeAll(keepingCapacity: true)
        let weight = weight
        self.weight = 0
        if let complete {
            queue.withLock { $0.announce(rows.count, weight: weight) }
            complete(rows) { [queue, wakeUp] rows in
                let delivery = queue.withLock { $0.deliver(rows, for: weight) }
                for (waiter, product) in delivery.served { waiter.resume(returning: product) }
                for waiter in delivery.left { waiter.resume(returning: nil) }
                if delivery.wakesReader { wakeUp.signal() }
            }
        } else {
            let served = queue.withLock { $0.add(rows) }
            for (waiter, product) in served { waiter.resume(returning: product) }
        }
        if queue.withLock({ $0.isStopped }) { throw Stopped() }
    }
}
