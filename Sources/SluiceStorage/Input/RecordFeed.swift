package import SluiceCore

/// Reads rows on a thread of its own, makes of each what the slots want, and is a little ahead of them.
///
/// Memory follows ``LookAhead``, not the file; a slow pipe blocks nothing but the thread.
package final class RecordFeed<Product: FeedProduct>: Sendable {
    /// Completes a batch of rows before slots get them: calls the closure that it is given once, from any thread, with
    /// as many rows in the same order.
    ///
    /// Batches come to the slots in the order in which these closures are called.
    package typealias Completion =
        @Sendable (_ batch: [Product], _ then: @escaping @Sendable ([Product]) -> Void) -> Void

    private let queue: Guarded<FeedQueue<Product>>
    private let wakeUp: WakeUp

    /// Opens the source and starts to read.
    /// - Parameters:
    ///   - lineLimit: a longer line, in bytes, becomes a ``BadLine`` and is not held in memory.
    ///   - distinguishesIDs: whether a row whose id came before gets another one.
    ///   - models: the models that each row is asked of, one after the other; if there are none it comes once.
    ///   - make: called on the thread with one row after the other, in their order; some of them, at the end of a run
    ///     that is stopped, come to no slot.
    ///   - complete: called on the thread with batches of what was made; nil hands them over as they are.
    /// - Throws: ``SluiceError`` of code `io` if it cannot be opened.
    package init(
        _ source: InputSource, lookAhead: LookAhead = LookAhead(), lineLimit: Int = 64 << 20,
        distinguishesIDs: Bool = false, models: [String] = [],
        make: @escaping @Sendable (FeedItem) -> Product, complete: Completion? = nil
    ) throws(SluiceError) {
        queue = Guarded(FeedQueue(lookAhead))
        wakeUp = try WakeUp()
        // To open a named pipe blocks until somebody writes to it: that is left to the thread.
        let opened = source.isPipe ? nil : try source.open()
        let reader = FeedReader(
            source, opened: opened, queue: queue, wakeUp: wakeUp, lineLimit: lineLimit,
            names: distinguishesIDs ? DistinctIDs() : nil, models: models, make: make, complete: complete)
        try BlockingThread.start("reading") {
            var reader = reader
            reader.run()
        }
    }

    /// A feed that nobody listens to any more ends its thread.
    deinit { stop() }

    /// The next row, or nil when there is none left or ``stop()`` was called.
    ///
    /// Suspends only while no row is ready. Task cancellation is not looked at: whoever cancels calls ``stop()``.
    package func next() async -> Product? {
        switch queue.withLock({ $0.take() }) {
        case .product(let product, let wakeReader):
            if wakeReader { wakeUp.signal() }
            return product
        case .ended: return nil
        case .empty: return await wait()
        }
    }

    private func wait() async -> Product? {
        await suspended { waiter in
            switch queue.withLock({ $0.takeOrPark(waiter) }) {
            case .product(let product, let wakeReader):
                if wakeReader { wakeUp.signal() }
                waiter.resume(returning: product)
            case .ended: waiter.resume(returning: nil)
            case .empty: break
            }
        }
    }

    /// Ends the feed: every present and later ``next()`` returns nil at once, and the thread ends.
    package func stop() {
        let waiters = queue.withLock { $0.stop() }
        wakeUp.signal()
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    /// Whether the input was read to its end, and every row handed out.
    package var hasReadAll: Bool { queue.withLock { $0.hasEnded } }

    /// Why reading broke off before the end of the input; nil if it did not.
    package var failure: SluiceError? { queue.withLock { $0.failure } }
}
