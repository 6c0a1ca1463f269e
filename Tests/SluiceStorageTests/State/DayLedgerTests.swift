import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct DayLedgerTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file("new/sluice/accounts.db") }
    private static let noon = WallTime(nanoseconds: 1_800_000_000_000_000_000)

    private static func at(_ hours: Double) -> WallTime {
        WallTime(nanoseconds: noon.nanoseconds + Int64(hours * 3600) * 1_000_000_000)
    }

    private func use(
        _ keys: [String] = ["k"], need: Int64 = 1, wanted: Int64 = 1, share: String = "", limit: Int64 = 100,
        at hours: Double = 0, until: Double = 12
    ) -> DayUse {
        DayUse(
            keys: keys, model: "m", kind: "requests", share: share, limit: limit, need: need, wanted: wanted,
            now: Self.at(hours), until: Self.at(until))
    }

    private func take(_ ledger: DayLedger, _ use: DayUse) async throws -> DayUse.Granted {
        try await suspended { waiter in
            ledger.take(use) { waiter.resume(returning: $0) }
        }.get()
    }

    @Test func `two ledgers on one file never hand out more than the limit`() async throws {
        let first = try DayLedger(path, now: Self.noon)
        let second = try DayLedger(path, now: Self.noon)
        var sum: Int64 = 0
        for turn in 0..<300 {
            sum += try await take(turn % 2 == 0 ? first : second, use(wanted: 20)).amount
            #expect(sum <= 100)
        }
        #expect(sum == 100)
        let spent = try await take(first, use())
        #expect(spent == DayUse.Granted(amount: 0, spentUntil: Self.at(12)))
        try await second.giveBack([(amount: 30, use: use())])
        #expect(try await take(first, use(need: 30, wanted: 30)).amount == 30)
        #expect(try await take(first, use(at: 12, until: 36)).amount == 1)
    }

    @Test func `everything that is asked for at once is answered, in order`() async throws {
        let ledger = try DayLedger(path, now: Self.noon)
        let granted = Guarded<[Int64]>([])
        await withCheckedContinuation { done in
            for turn in 1...500 {
                ledger.take(use(need: 1, limit: 400)) { result in
                    let amount = (try? result.get().amount) ?? -1
                    granted.withLock { $0.append(amount) }
                    if turn == 500 { done.resume() }
                }
            }
        }
        #expect(granted.withLock { $0 } == Array(repeating: 1, count: 400) + Array(repeating: 0, count: 100))
    }

    @Test func `a rolling day gives back what is a day old`() async throws {
        let ledger = try DayLedger(path, now: Self.noon)
        _ = try await take(ledger, use(need: 60, at: 0, until: 24))
        _ = try await take(ledger, use(need: 40, at: 1, until: 25))
        #expect(try await take(ledger, use(need: 10, at: 2, until: 26)).spentUntil == Self.at(24))
        #expect(try await take(ledger, use(need: 70, at: 2, until: 26)).spentUntil == Self.at(25))
        #expect(try await take(ledger, use(need: 10, at: 24, until: 48)).amount == 10)
    }

    @Test func `keys of one account are charged together, and parts of it apart`() async throws {
        let ledger = try DayLedger(path, now: Self.noon)
        _ = try await take(ledger, use(["a", "b"], need: 50))
        #expect(try await take(ledger, use(["b"], need: 60)).amount == 50)
        #expect(try await take(ledger, use(["c", "a"], need: 10)).amount == 10)
        #expect(try await take(ledger, use(["d"], need: 50, share: "0/2", limit: 50)).amount == 50)
        #expect(try await take(ledger, use(["d"], need: 50, share: "1/2", limit: 50)).amount == 50)
        #expect(try await take(ledger, use(["d"])).amount == 0)
    }

    @Test func `a key is counted under a name that is not the key's, and another one in every file`() throws {
        let key = Secret("sk-very-secret-key-0001")
        let first = try DayLedger(path, now: Self.noon)
        let same = try DayLedger(path, now: Self.noon)
        let other = try DayLedger(folder.file("other.db"), now: Self.noon)
        let name = first.name(of: key, at: "https://api.example.com/v1")
        #expect(name.count == 32 && name == same.name(of: key, at: "https://api.example.com/v1"))
        #expect(name != other.name(of: key, at: "https://api.example.com/v1"))
        #expect(name != first.name(of: key, at: "https://other.example.com/v1"))
        #expect(name != first.name(of: nil, at: "https://api.example.com/v1"))
    }

    @Test func `counts that nobody can have used are a day that is used up, or an error`() async throws {
        let ledger = try DayLedger(path, now: Self.noon)
        _ = try await take(ledger, use())
        let most = Int64.max
        try alter(
            path,
            """
            INSERT INTO day_use VALUES ('k', 'm', 'requests', '', 1800043201, \(most)),
                ('k', 'm', 'requests', '', 1800043202, \(most)), ('k', 'm', 'requests', '', \(most), 1)
            """)
        #expect(try await take(ledger, use()).amount == 0)
        try alter(
            path,
            """
            CREATE TABLE loose AS SELECT * FROM day_use; DROP TABLE day_use; ALTER TABLE loose RENAME TO day_use;
            UPDATE day_use SET amount = NULL
            """)
        let error = await #expect(throws: SluiceError.self) { try await take(ledger, use()) }
        #expect(error?.message.hasSuffix("accounts.db: it holds what no run writes") == true)
    }

    @Test func `a writer that takes its time is waited for again and again`() async throws {
        let ledger = try DayLedger(path, now: Self.noon, patience: .milliseconds(300))
        let granted = Guarded<Result<DayUse.Granted, SluiceError>?>(nil)
        try whileWriting(path) {
            ledger.take(use()) { result in granted.withLock { $0 = result } }
            // Longer than it is waited for once.
            usleep(900_000)
        }
        #expect(await Deadline.wait { granted.withLock { $0 } != nil })
        #expect(try granted.withLock { $0 }?.get().amount == 1)
    }

    @Test func `a damaged file is set aside and said so`() async throws {
        let file = folder.file("accounts.db")
        try TextFile.write(String(repeating: "this is no database. ", count: 200), to: file)
        let ledger = try DayLedger(file, now: Self.noon)
        #expect(ledger.notice?.contains("accounts.db.damaged-1") == true)
        #expect(TextFile.exists(file + ".damaged-1"))
        #expect(try await take(ledger, use()).amount == 1)
    }

    @Test func `a damaged file that another process has open stays where it is`() throws {
        let file = folder.file("accounts.db")
        let damaged = String(repeating: "this is no database. ", count: 200)
        try TextFile.write(damaged, to: file)
        let other = open(file + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(flock(other, LOCK_SH) == 0)
        let error = #expect(throws: SluiceError.self) { try DayLedger(file, now: Self.noon) }
        #expect(error?.code == .io)
        #expect(folder.names() == ["accounts.db", "accounts.db.lock"])
        #expect(TextFile.read(file) == Array(damaged.utf8))
        close(other)
        #expect(try DayLedger(file, now: Self.noon).notice != nil)
    }

    @Test func `of many that find a damaged file one replaces it, and all count in the new one`() async throws {
        for round in 0..<Rounds.of(10) {
            let file = folder.file("accounts-\(round).db")
            try TextFile.write(String(repeating: "this is no database. ", count: 200), to: file)
            let granted = try await withThrowingTaskGroup(of: (Int64, String?).self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let ledger = try await BlockingThread.run("a ledger") { () throws(SluiceError) in
                            try DayLedger(file, now: Self.noon)
                        }
                        let amount = try await take(ledger, use(need: 30, limit: 100)).amount
                        return (amount, ledger.notice)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(granted.map(\.0).reduce(0, +) == 100)
            #expect(granted.count { $0.1 != nil } == 1)
            #expect(!TextFile.exists(file + ".damaged-2"))
        }
    }

    @Test func `a link in its place is not followed`() throws {
        try TextFile.write("", to: folder.file("elsewhere.db"))
        #expect(symlink(folder.file("elsewhere.db"), folder.file("accounts.db")) == 0)
        let error = #expect(throws: SluiceError.self) { try DayLedger(folder.file("accounts.db"), now: Self.noon) }
        #expect(error?.code == .io)
        #expect(TextFile.read(folder.file("elsewhere.db")).isEmpty)
    }

    @Test func `a place that cannot be written is an error that names it`() throws {
        try TextFile.write("a file", to: folder.file("taken"))
        let error = #expect(throws: SluiceError.self) {
            try DayLedger(folder.file("taken/accounts.db"), now: Self.noon)
        }
        #expect(error?.description.contains("taken") == true)
    }
}
