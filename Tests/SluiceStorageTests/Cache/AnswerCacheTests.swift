import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct AnswerCacheTests {
    private let folder = TemporaryFolder()
    private let notes = Guarded<[String]>([])

    private var path: String { folder.file("cache") }
    private var database: String { path + "/cache.db" }

    private func open(
        limits: CacheLimits = CacheLimits(), steps: [String] = CacheSchema.steps, at seconds: Int64 = 1000
    ) throws -> AnswerCache {
        try AnswerCache(
            path, limits: limits, steps: steps, now: { WallTime(nanoseconds: seconds * 1_000_000_000) },
            onNote: { [notes] note in notes.withLock { $0.append(note) } })
    }

    private func hash(_ number: Int) throws -> RequestHash {
        CanonicalRequest(Request(model: "m", question: Bytes("[\"\(number)\"]")))
            .hash(at: CacheAddress(model: "m", at: try BaseURL("http://127.0.0.1:1/v1")))
    }

    private func answer(_ number: Int, sample: Int = 0, size: Int = 20, model: String = "m") throws -> CachedAnswer {
        CachedAnswer(
            try hash(number), sample: sample,
            route: CacheRoute(endpoint: "chat", base: "http://127.0.0.1:1/v1", model: model),
            reply: reply(number, sample: sample, size: size))
    }

    private func reply(_ number: Int, sample: Int = 0, size: Int = 20) -> Bytes {
        Bytes("{\"number\":\(number),\"sample\":\(sample),\"rest\":\"\(String(repeating: "x", count: size))\"}")
    }

    private func find(_ numbers: some Sequence<Int>, in cache: AnswerCache) async throws -> [Int: Bytes] {
        var found: [Int: Bytes] = [:]
        for number in numbers {
            found[number] = await cache.find(CacheLookup([try hash(number)], samples: 0..<1))[0]
        }
        return found
    }

    private func fill(_ count: Int, limits: CacheLimits = CacheLimits(), size: Int = 20, at seconds: Int64 = 1000)
        async throws
    {
        let cache = try open(limits: limits, at: seconds)
        for number in 0..<count { await cache.store([try answer(number, size: size)]) }
        await cache.close()
    }

    @Test func `what was stored is found at once and by the next run`() async throws {
        let cache = try open()
        #expect(await cache.find(CacheLookup([try hash(1)], samples: 0..<2)) == [nil, nil])
        await cache.store([try answer(1), try answer(1, sample: 1)])
        #expect(
            await cache.find(CacheLookup([try hash(1)], samples: 0..<3)) == [reply(1), reply(1, sample: 1), nil])
        await cache.close()
        let next = try open()
        #expect(
            await next.find(CacheLookup([try hash(2), try hash(1)], samples: 1..<3)) == [reply(1, sample: 1), nil])
        await next.close()
        #expect(notes.withLock { $0 } == [])
    }

    @Test func `many are looked up together, as far as there is room for their replies`() async throws {
        try await fill(4, size: 1000)
        let cache = try open()
        func find(room: Int) async throws -> [[Bytes?]?] {
            let lookups = try [0, 9, 1, 2, 3].map { CacheLookup([try hash($0)], samples: 0..<1) }
            return await suspended { waiter in
                cache.find(lookups, room: room) { waiter.resume(returning: $0) }
            }
        }
        let all = (0..<4).map { Optional([Optional(reply($0, size: 1000))]) }
        #expect(try await find(room: .max) == [all[0], [nil], all[1], all[2], all[3]])
        #expect(try await find(room: 1500) == [all[0], [nil], all[1], nil, nil])
        await cache.close()
        #expect(try await find(room: .max) == [nil, nil, nil, nil, nil])
    }

    @Test func `any number may wait for the end`() async throws {
        let cache = try open()
        await cache.store([try answer(1)])
        await withTaskGroup { group in
            for _ in 0..<10 { group.addTask { await cache.close() } }
        }
        await cache.close()
        #expect(await cache.find(CacheLookup([try hash(1)], samples: 0..<1)) == [nil])
        let next = try open()
        #expect(try await find([1], in: next) == [1: reply(1)])
        await next.close()
    }

    @Test func `a stored sample stays`() async throws {
        try await fill(1)
        let cache = try open()
        await cache.store([try answer(0, size: 500)])
        await cache.close()
        let next = try open()
        #expect(try await find([0], in: next) == [0: reply(0)])
        await next.close()
    }

    @Test func `files are their owner's only`() async throws {
        let cache = try open()
        await cache.store([try answer(1)])
        #expect(await Deadline.wait { exists(database + "-wal") })
        #expect(mode(path) == 0o700)
        for name in ["cache.db", "cache.db-wal", "cache.db-shm", "cache.lock"] {
            #expect(mode(path + "/" + name) == 0o600, "\(name)")
        }
        await cache.close()
        #expect(folder.names(in: "cache") == ["cache.db", "cache.lock"])
    }

    @Test func `many at once store and find in one cache`() async throws {
        let count = 8
        let rows = Rounds.of(300)
        try await withThrowingTaskGroup { group in
            for user in 0..<count {
                group.addTask {
                    let cache = try open()
                    for step in 0..<rows {
                        let number = (step * 7 + user * rows / 2) % (rows * 2)
                        let found = await cache.find(CacheLookup([try hash(number)], samples: 0..<1))[0]
                        #expect(found == nil || found == reply(number, size: 300))
                        if found == nil { await cache.store([try answer(number, size: 300)]) }
                    }
                    await cache.close()
                }
            }
            try await group.waitForAll()
        }
        let cache = try open()
        let found = try await find(0..<rows * 2, in: cache)
        #expect(found.allSatisfy { $1 == reply($0, size: 300) })
        #expect(found.count > rows)
        await cache.close()
        #expect(notes.withLock { $0 } == [])
    }

    // MARK: damage

    @Test func `what is no database is set aside`() async throws {
        mkdir(path, 0o700)
        write("this is no database, it is a text that is long enough to be looked at", to: database)
        let cache = try open()
        await cache.store([try answer(1)])
        #expect(try await find([1], in: cache) == [1: reply(1)])
        await cache.close()
        #expect(text(database + ".damaged-1").hasPrefix("this is no"))
        #expect(notes.withLock { $0.count } == 1)
        #expect(notes.withLock { $0[0].contains("cache.db.damaged-1") })
    }

    @Test func `a cache that was closed is nobody's, whoever still holds it`() async throws {
        let cache = try open()
        let lock = Glibc.open(path + "/cache.lock", O_RDWR)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) != 0)
        await cache.close()
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        withExtendedLifetime(cache) {}
    }

    @Test func `damaged bytes give no wrong answer`() async throws {
        var random = SplitMix64(seed: 3)
        try await fill(400, size: 400)
        let whole = try #require(read(database))
        for round in 0..<Rounds.of(40) {
            var bytes = whole
            if round % 4 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
            for _ in 0..<Int.random(in: 0...200, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            write(bytes, to: database)
            let cache = try open()
            let found = try await find(0..<400, in: cache)
            for (number, bytes) in found { #expect(bytes == reply(number, size: 400)) }
            await cache.store([try answer(1000 + round)])
            await cache.close()
        }
    }

    @Test func `an entry that was damaged is stored anew`() async throws {
        try await fill(3)
        var bytes = try #require(read(database))
        let wanted = Array("\"number\":1,".utf8)
        let at = try #require(
            bytes.indices.first {
                $0 + wanted.count <= bytes.count && bytes[$0..<$0 + wanted.count].elementsEqual(wanted)
            })
        bytes[at + 9] = UInt8(ascii: "2")
        write(bytes, to: database)
        let cache = try open()
        #expect(try await find(0..<3, in: cache) == [0: reply(0), 2: reply(2)])
        await cache.store([try answer(1)])
        await cache.close()
        #expect(notes.withLock { $0 } == ["an entry of the cache is damaged, and asked again"])
        let next = try open()
        #expect(try await find(0..<3, in: next).count == 3)
        await next.close()
    }

    @Test func `entries that no run has stored are damaged ones`() async throws {
        try await fill(4)
        try alter(
            database,
            """
            CREATE TABLE loose AS SELECT * FROM answers; DROP TABLE answers; ALTER TABLE loose RENAME TO answers;
            UPDATE answers SET checksum = NULL WHERE id = 1; UPDATE answers SET sample = -1 WHERE id = 2;
            UPDATE answers SET created = 9223372036854775807 WHERE id = 3
            """)
        let inventory = try CacheInventory(path, onNote: { _ in })
        var listed: [WallTime] = []
        try inventory.forEach { entry in
            listed.append(entry.created)
            return true
        }
        #expect(listed.map(\.text) == ["2255-03-14T16:00:00Z", WallTime(nanoseconds: 1000 * 1_000_000_000).text])
        let cache = try open()
        #expect(try await find(0..<4, in: cache).keys.sorted() == [2, 3])
        await cache.close()
        #expect(notes.withLock { $0 } == ["an entry of the cache is damaged, and asked again"])
        try alter(
            database,
            """
            CREATE TABLE loose AS SELECT * FROM routes; DROP TABLE routes; ALTER TABLE loose RENAME TO routes;
            UPDATE routes SET model = NULL
            """)
        #expect(throws: SluiceError.self) { try inventory.statistics() }
    }

    @Test func `a damaged cache that others have open is not set aside`() async throws {
        try await fill(1)
        let cache = try open()
        let other = Glibc.open(path + "/cache.lock", O_RDWR | O_CLOEXEC)
        #expect(flock(other, LOCK_SH) == 0)
        try alter(database, "DROP TABLE answers")
        #expect(try await find([0], in: cache) == [:])
        await cache.close()
        #expect(!exists(database + ".damaged-1"))
        close(other)
    }

    // MARK: versions

    @Test func `a version that cannot be is damage`() async throws {
        try await fill(1)
        try alter(database, "PRAGMA user_version = -1")
        let cache = try open()
        #expect(try await find([0], in: cache) == [:])
        await cache.close()
        #expect(exists(database + ".damaged-1"))
    }

    @Test func `a cache is brought to the next version with its answers`() async throws {
        try await fill(5)
        let next = CacheSchema.steps + ["ALTER TABLE answers ADD COLUMN used INTEGER NOT NULL DEFAULT 0"]
        let cache = try open(steps: next)
        #expect(try await find(0..<5, in: cache).count == 5)
        await cache.close()
        let error = #expect(throws: SluiceError.self) { try open() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("version 2") == true)
        #expect(error?.hint != nil)
        #expect(notes.withLock { $0 } == [])
    }

    @Test func `a cache that others have open is not brought to the next version`() async throws {
        try await fill(5)
        let older = try open()
        let next = CacheSchema.steps + ["ALTER TABLE answers ADD COLUMN used INTEGER NOT NULL DEFAULT 0"]
        let error = #expect(throws: SluiceError.self) { try open(steps: next) }
        #expect(error?.code == .configuration)
        #expect(error?.message == "\(database): another sluice of an older version uses it")
        await older.close()
        #expect(try await find(0..<5, in: try open()).count == 5)
    }

    @Test func `somebody else's database is refused and stays as it is`() async throws {
        mkdir(path, 0o700)
        try alter(database, "CREATE TABLE Cache (key BLOB, value BLOB); INSERT INTO Cache VALUES (1, 2)")
        chmod(database, 0o644)
        let bytes = read(database)
        for open in [{ _ = try open() }, { _ = try CacheInventory(path, onNote: { _ in }) }] {
            let error = #expect(throws: SluiceError.self) { try open() }
            #expect(error?.code == .configuration)
            #expect(error?.message == "\(database) is not a cache of sluice")
            #expect(error?.hint?.contains("--cache-dir") == true)
        }
        #expect(read(database) == bytes && mode(database) == 0o644)
        #expect(folder.names(in: "cache") == ["cache.db", "cache.lock"])
    }

    @Test func `a database with somebody else's mark is not a cache, whatever its tables are`() async throws {
        try await fill(1)
        try alter(database, "PRAGMA application_id = 1")
        #expect(throws: SluiceError(.configuration, "")) { try open() }
        try alter(database, "PRAGMA application_id = \(0x536C_7563)")
        let cache = try open()
        #expect(try await find([0], in: cache) == [0: reply(0)])
        await cache.close()
    }

    // MARK: limits

    @Test func `the oldest go first`() async throws {
        var limits = CacheLimits()
        limits.count = 30
        try await fill(100, limits: limits)
        let cache = try open()
        #expect(try await find(0..<100, in: cache).keys.sorted() == Array(70..<100))
        await cache.close()
    }

    @Test func `a limit in bytes is kept and the file shrinks`() async throws {
        try await fill(2000, size: 1000)
        let before = try #require(read(database)?.count)
        var limits = CacheLimits()
        limits.bytes = 500_000
        let inventory = try CacheInventory(path, onNote: { _ in })
        let removed = try inventory.prune(limits, now: WallTime(nanoseconds: 0))
        let left = try inventory.statistics()
        #expect(left.bytes <= 500_000)
        #expect(left.bytes > 400_000)
        #expect(left.answers == 2000 - removed)
        let cache = try open(limits: limits)
        #expect(try await find(0..<2000, in: cache).keys.sorted() == Array(removed..<2000))
        await cache.close()
        #expect(try #require(read(database)?.count) < before / 3)
    }

    @Test func `an age is kept from the start`() async throws {
        try await fill(10, at: 1000)
        var limits = CacheLimits()
        limits.age = .seconds(50)
        let cache = try open(limits: limits, at: 1100)
        await cache.store([try answer(50)])
        await cache.close()
        let inventory = try CacheInventory(path, onNote: { _ in })
        #expect(try inventory.statistics().answers == 1)
    }

    @Test func `what others store while the cache is emptied stays`() async throws {
        try await fill(1)
        // More than is removed at a time, and a process that stores one as soon as the first is gone.
        try alter(
            database,
            """
            INSERT INTO answers (head, sample, hash, route, created, checksum, reply)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5999)
                SELECT i, 7, randomblob(32), 1, 1000, 0, '' FROM n;
            CREATE TRIGGER other AFTER DELETE ON answers WHEN OLD.id = 1 BEGIN
                INSERT INTO answers (head, sample, hash, route, created, checksum, reply)
                    VALUES (0, 9, randomblob(32), 1, 1000, 0, ''); END
            """)
        var limits = CacheLimits()
        limits.age = .seconds(50)
        let inventory = try CacheInventory(path, onNote: { _ in })
        #expect(try inventory.prune(limits, now: WallTime(nanoseconds: 2000 * 1_000_000_000)) == 6000)
        #expect(try inventory.statistics().answers == 1)
    }

    @Test func `limits that cannot be kept are told apart from answers that cannot be stored`() async throws {
        try await fill(3)
        try alter(database, "CREATE TRIGGER a BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'kept'); END")
        var limits = CacheLimits()
        limits.count = 1
        let cache = try open(limits: limits)
        await cache.store([try answer(7)])
        await cache.close()
        let limit = "the limits of the cache cannot be kept (kept); the run goes on"
        #expect(notes.withLock { $0 } == [limit])
        try alter(database, "CREATE TRIGGER b BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'full'); END")
        let next = try open(limits: limits)
        #expect(try await find([0, 1, 2, 7], in: next).count == 4)
        await next.store([try answer(8)])
        await next.close()
        #expect(
            notes.withLock { $0 } == [limit, limit, "nothing more is stored in the cache (full); the run goes on"])
    }

    // MARK: inventory

    @Test func `large answers are looked through a few at a time`() async throws {
        try await fill(3, size: 3 << 20)
        let inventory = try CacheInventory(path, onNote: { _ in })
        var count = 0
        try inventory.forEach { _ in
            count += 1
            if count == 1 { _ = try? inventory.clear() }
            return true
        }
        // Those that were in memory by then.
        #expect(count == 2)
    }

    @Test func `the inventory counts and removes`() async throws {
        let cache = try open()
        for number in 0..<1200 { await cache.store([try answer(number, model: number % 3 == 0 ? "a" : "b")]) }
        await cache.store([try answer(0, sample: 1, model: "a")])
        await cache.close()
        let inventory = try CacheInventory(path, onNote: { _ in })
        let found = try inventory.statistics()
        #expect(found.answers == 1201)
        #expect(found.requests == 1200)
        #expect(found.routes.map(\.answers) == [800, 401])
        #expect(found.oldest == WallTime(nanoseconds: 1000 * 1_000_000_000))
        var newest: [Int] = []
        try inventory.forEach(newestFirst: true, model: "b") { entry in
            newest.append((try? JSON.parse(entry.reply))?["number"]?.int ?? -1)
            return newest.count < 3
        }
        #expect(newest == [1199, 1198, 1196])
        var count = 0
        try inventory.forEach { _ in
            count += 1
            return true
        }
        #expect(count == 1201)
        #expect(try inventory.remove(hashPrefix: hash(0).hex) == 2)
        #expect(try inventory.remove(model: "b") == 800)
        #expect(try inventory.clear() == 399)
        #expect(try inventory.statistics().answers == 0)
    }

    @Test func `where there is no cache there is no inventory`() {
        let error = #expect(throws: SluiceError.self) { try CacheInventory(path, onNote: { _ in }) }
        #expect(error?.code == .configuration)
        #expect(!exists(path))
    }
}
