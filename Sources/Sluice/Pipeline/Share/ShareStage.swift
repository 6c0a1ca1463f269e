internal import SluiceCore
internal import SluiceProviders
internal import SluiceStorage

/// Gives rows the answers that are there already, and keeps those that come.
struct ShareStage: Sendable {
    /// What was asked so far by rows that share answers.
    private struct Seen: Sendable {
        var requests = SeenRequests()
        /// Whether the first to ask something may not have been looked at first.
        var isVoid = false
    }

    private let requests = SharedRequests()
    /// Nil without a cache.
    private let cache: AnswerCache?
    private let places: CachePlaces?
    /// What no stored reply may hold.
    private let keys: Guarded<KeyScan>
    private let seen = Guarded(Seen())

    init(_ options: RunOptions, cache: AnswerCache?, places: CachePlaces?) {
        self.cache = cache
        self.places = places
        keys = Guarded(Self.scan(options.accounts))
    }

    /// Takes over the accounts with all keys that they have had.
    func update(_ accounts: [Account]) {
        places?.update(accounts)
        let scan = Self.scan(accounts)
        keys.withLock { $0 = scan }
    }

    /// Finds the keys of accounts, and the marks of keys that were taken out.
    private static func scan(_ accounts: [Account]) -> KeyScan {
        KeyScan(accounts.flatMap(\.keys) + [Secret(Redactor.mark)])
    }

    /// Whether there is a cache.
    var isStoring: Bool { cache != nil }

    /// Whether a row goes ahead: it shares nothing, or leads those that ask the same.
    @inline(never)
    func leads(_ passage: Passage) -> Bool {
        guard let key = key(passage) else { return true }
        return requests.leads(key)
    }

    /// Waits for what becomes of a row that does not lead.
    @inline(never)
    func join(_ passage: Passage) async -> SharedRequests.Turn {
        guard let key = key(passage) else { return .alone }
        return await requests.join(key)
    }

    /// A leader has got its answer, or none: tells those that follow it.
    func finish(_ passage: Passage, with answer: () -> SharedAnswer?) {
        if let key = key(passage) { requests.finish(key, with: answer) }
    }

    private func key(_ passage: Passage) -> SharedRequests.Key? {
        guard let asked = passage.order.asked, asked.isShared else { return nil }
        return SharedRequests.Key(question: asked.question, samples: asked.samples.count)
    }

    /// The bytes of stored answers that a batch of rows may hold before slots get them.
    private static let aheadRoom = 1 << 20

    /// Looks up what is stored for a batch of rows, before slots get them; nil without a cache.
    ///
    /// A slot that waited for each of its rows would spend more on the waiting than on the look-up.
    var lookAhead: RecordFeed<Planned>.Completion? {
        guard let cache else { return nil }
        return { batch, then in
            let asking = batch.enumerated().compactMap { place, row in
                row.order.flatMap { order in order.asked.map { (place, order, $0) } }
            }
            let lookups = asking.map { CacheLookup($2.hashes, samples: $2.samples) }
            cache.find(lookups, room: Self.aheadRoom) { results in
                var rows = batch
                for ((place, order, asked), result) in zip(asking, results) {
                    if let found = found(result, order, asked) { rows[place] = rows[place].with(found) }
                }
                then(rows)
            }
        }
    }

    /// - Parameter samples: What is stored; nil if that was not looked up.
    private func found(_ samples: [Bytes?]?, _ order: Plan.Order, _ asked: Asked) -> Planned.Found? {
        if let samples, let answer = answer(samples, to: order) { return .answer(answer) }
        // Nobody else of this run asks for these samples, or nobody has so far.
        let isFirst = !asked.isShared || seen.withLock { $0.requests.insert(asked.question) }
        return isFirst && samples?.allSatisfy { $0 == nil } == true ? .nothing : nil
    }

    /// Takes note of what a row asks that could not be looked up ahead.
    ///
    /// Rows behind it may have been taken for the first to ask that: nobody is any more.
    func noteLate(_ order: Plan.Order) {
        guard cache != nil, let asked = order.asked, asked.isShared else { return }
        seen.withLock { if !$0.requests.insert(asked.question) { $0.isVoid = true } }
    }

    /// Whether what a look ahead has not found is still not there.
    func isMissing(_ order: Plan.Order) -> Bool {
        order.asked?.isShared == false || !seen.withLock { $0.isVoid }
    }

    /// The answer that is stored for a row; nil if there is none, or not all of it.
    ///
    /// Where some of its samples are stored, the row then asks for the others only.
    @inline(never)
    func stored(_ passage: Passage) async -> SharedAnswer? {
        guard let cache, let asked = passage.order.asked else { return nil }
        let found = await cache.find(CacheLookup(asked.hashes, samples: asked.samples))
        if let answer = answer(found, to: passage.order) { return answer }
        let samples = found.compactMap(\.self)
        if !samples.isEmpty, samples.count < found.count {
            passage.stored = found
            let body = OpenAISamples.body(passage.order.body, samples: found.count - samples.count)
            passage.order = passage.order.with(body: body)
        }
        return nil
    }

    /// The answer that is made of the samples of a request; nil if one is missing.
    private func answer(_ found: [Bytes?], to order: Plan.Order) -> SharedAnswer? {
        let samples = found.compactMap(\.self)
        guard samples.count == found.count, let answer = answer(samples) else { return nil }
        return SharedAnswer(answer: answer, source: .cache, model: order.model, stepsIn: order.stepsIn)
    }

    private func answer(_ samples: [Bytes]) -> Answer? {
        guard samples.count == 1 else {
            return OpenAISamples.join(samples, keepsUsage: false).flatMap { OpenAIAnswer.decode($0) }
        }
        // It was checked when it came, and its checksum when it was found.
        return samples[0].isEmpty ? nil : OpenAIAnswer.read(JSON(trusted: samples[0]))
    }

    /// The answer to all that a row asked: what has come, with the samples that were stored.
    func completed(_ answer: Answer, _ passage: Passage) -> Answer {
        let stored = passage.stored.compactMap(\.self)
        guard !stored.isEmpty else { return answer }
        let reply = OpenAISamples.join(stored + [answer.response], keepsUsage: true)
        return reply.flatMap { OpenAIAnswer.decode($0) } ?? answer
    }

    /// Keeps what a provider has answered to a row; suspends only while the disk is far behind.
    @inline(never)
    func keep(_ passage: Passage) async {
        guard let cache, let places, let asked = passage.order.asked, let accepted = passage.accepted else { return }
        let index = places.index(of: passage.order.model, account: accepted.account, in: asked.places)
        guard let index else { return }
        let place = asked.places[index]
        let reply = accepted.answer.response
        guard !keys.withLock({ $0 }).finds(in: reply) else { return }
        // The numbers of the samples that were not there, in their order.
        let missing = zip(asked.samples, passage.stored).filter { $1 == nil }.map(\.0)
        let numbers = passage.stored.isEmpty ? Array(asked.samples) : missing
        let replies = asked.samples.count == 1 ? [reply] : OpenAISamples.split(reply)
        let route = CacheRoute(
            endpoint: passage.order.endpoint.rawValue, base: place.baseText, model: place.model)
        await cache.store(
            zip(numbers, replies).map { number, reply in
                CachedAnswer(asked.hashes[index], sample: number, route: route, reply: reply)
            })
    }
}
