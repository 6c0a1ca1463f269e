package import SluiceCore

/// Answers on the disk, shared by all runs and processes that name one folder.
///
/// Look-ups and writes go through a thread and a connection each, so that a look-up never waits for a disk that
/// syncs. What was stored here is found here at once. Trouble ends the cache, never the run. Whoever holds a cache must
/// ``close()`` it.
package final class AnswerCache: Sendable {
    /// Where there can be trouble; people are told once of each.
    private enum Part { case entries, reading, writing, limits }

    private struct Trouble {
        var told: Set<Part> = []
        /// What is wrong with the database itself.
        var damage: CacheFault?
    }

    private let folder: CacheFolder
    private let lookups: Monitor<LookupThread.Queue>
    private let stores: Monitor<StoreThread.Queue>
    private let onNote: @Sendable (String) -> Void
    private let trouble = Guarded(Trouble())

    /// Opens the cache in a folder and makes it if there is none; blocks.
    /// - Parameters:
    ///   - steps: what leads from each version of the tables to the next.
    ///   - now: the calendar, read when answers are stored.
    ///   - onNote: called, from any thread, with what people should know.
    /// - Throws: ``SluiceError`` of code `io` or `configuration` if there can be no cache.
    package init(
        _ path: String, limits: CacheLimits = CacheLimits(), steps: [String] = CacheSchema.steps,
        now: @escaping @Sendable () -> WallTime,
        onNote: @escaping @Sendable (String) -> Void
    ) throws(SluiceError) {
        folder = try CacheFolder(path, steps: steps, onNote: onNote)
        self.onNote = onNote
        lookups = Monitor(LookupThread.Queue())
        stores = Monitor(StoreThread.Queue())
        let (reading, writing) = try Self.open(folder, onNote)
        try BlockingThread.start("cache reading") { [self] in
            LookupThread(
                database: reading, monitor: lookups,
                onDamage: { [self] ids in remove(damaged: ids) },
                onFault: { [self] fault in
                    note(fault, .reading, "the cache cannot be read (\(fault.text)); the run goes on without it")
                }
            ).run()
        }
        try BlockingThread.start("cache writing") { [self] in
            StoreThread(
                database: writing, monitor: stores, limits: limits, now: now,
                onFault: { [self] fault in
                    note(fault, .writing, "nothing more is stored in the cache (\(fault.text)); the run goes on")
                },
                onPruneFault: { [self] fault in
                    note(fault, .limits, "the limits of the cache cannot be kept (\(fault.text)); the run goes on")
                }
            ).run()
        }
    }

    private static func open(
        _ folder: CacheFolder, _ onNote: (String) -> Void
    ) throws(SluiceError) -> (reading: CacheDatabase, writing: CacheDatabase) {
        func open() throws(CacheFault) -> (CacheDatabase, CacheDatabase) {
            (try CacheDatabase(folder.database), try CacheDatabase(folder.database, memory: 64 << 20))
        }
        do throws(CacheFault) {
            do throws(CacheFault) {
                return try open()
            } catch {
                // What is wrong with some pages shows only now.
                guard error.kind == .damaged, try folder.replaceIfAlone(error, onNote: onNote) else { throw error }
                return try open()
            }
        } catch {
            throw SluiceError(
                .io, "cannot open \(folder.database): \(error.text)", hint: "name another folder with --cache-dir")
        }
    }

    /// The stored samples of a request, in the order of the samples that are asked for; nil for one that is not there.
    package func find(_ lookup: CacheLookup) async -> [Bytes?] {
        // Looked at first: what leaves this list is in the database by then.
        let unstored = stores.withLock { queue -> [Bytes?]? in
            queue.unstored.isEmpty
                ? nil
                : lookup.samples.map { sample in
                    lookup.hashes.compactMap { queue.unstored[.init(hash: $0, sample: sample)] }.first
                }
        }
        if let unstored, unstored.allSatisfy({ $0 != nil }) { return unstored }
        let stored = await stored(lookup)
        guard let unstored else { return stored }
        return zip(unstored, stored).map { $0 ?? $1 }
    }

    private func stored(_ lookup: CacheLookup) async -> [Bytes?] {
        let none = [Bytes?](repeating: nil, count: lookup.samples.count)
        return await suspended { waiter in
            demand(LookupThread.Demand(lookups: [lookup]) { waiter.resume(returning: $0[0] ?? none) })
        }
    }

    /// Looks up many requests at once, before anybody waits for them.
    ///
    /// What is not in the database yet is not found.
    /// - Parameters:
    ///   - room: after so many bytes of replies nothing more is looked up.
    ///   - then: called once, from any thread, with the samples of each request; nil for one that was not looked up.
    package func find(
        _ lookups: [CacheLookup], room: Int, then: @escaping @Sendable ([[Bytes?]?]) -> Void
    ) {
        demand(LookupThread.Demand(lookups: lookups, room: room, answer: then))
    }

    private func demand(_ demand: LookupThread.Demand) {
        let (isOver, wakes) = lookups.withLock { queue in
            if queue.isIdle { return (true, false) }
            queue.demands.append(demand)
            defer { queue.threadSleeps = false }
            return (false, queue.threadSleeps)
        }
        if isOver { demand.refuse() }
        if wakes { lookups.signal() }
    }

    /// Takes answers to be stored; suspends only while more wait for the disk than there is room for.
    package func store(_ answers: [CachedAnswer]) async {
        submit { queue in
            for answer in answers {
                queue.answers.append(answer)
                queue.unstored[.init(hash: answer.hash, sample: answer.sample)] = answer.reply
                queue.bytes += answer.reply.count
            }
        }
        guard stores.withLock({ $0.isFull }) else { return }
        await suspended { waiter in
            let isFull = stores.withLock { queue in
                if queue.isFull { queue.waiters.append(waiter) }
                return queue.isFull
            }
            if !isFull { waiter.resume(returning: ()) }
        }
    }

    /// Writes down what waits and closes the database; a broken one is set aside.
    package func close() async {
        await lookups.close()
        await stores.close()
        let damage = trouble.withLock { trouble in
            defer { trouble.damage = nil }
            return trouble.damage
        }
        if let damage { _ = try? folder.replaceIfAlone(damage, onNote: onNote) }
        // The threads that have just ended may hold the folder for a moment longer.
        folder.leave()
    }

    /// Changes the queue of the writing thread and wakes it.
    private func submit(_ change: (inout StoreThread.Queue) -> Void) {
        let wakes = stores.withLock { queue in
            guard !queue.isOff, !queue.closing.isAsked else { return false }
            change(&queue)
            defer { queue.threadSleeps = false }
            return queue.threadSleeps || queue.isFull
        }
        if wakes { stores.signal() }
    }

    private func remove(damaged ids: [Int64]) {
        submit { $0.damaged += ids }
        tell(.entries, "an entry of the cache is damaged, and asked again")
    }

    private func note(_ fault: CacheFault, _ part: Part, _ text: String) {
        if fault.kind == .damaged { trouble.withLock { $0.damage = fault } }
        tell(part, text)
    }

    private func tell(_ part: Part, _ text: String) {
        if trouble.withLock({ $0.told.insert(part).inserted }) { onNote(text) }
    }
}
