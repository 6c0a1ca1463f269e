internal import SluiceCore
internal import SluiceStorage

/// Looks whether the accounts of a run are others than before, and says so while it waits for that.
///
/// Files are looked at by their stamps: a watch of the system ends with a file that is replaced, and some file systems of
/// clusters have none. What is found twice in the same state, and so is hardly half-written, is read.
struct AccountWatch: Sendable {
    private static let pause = TimeSpan.milliseconds(400)

    private let source: AccountSource
    private let share: LimitShare?
    private let reminder: TimeSpan
    private let environment: Environment
    private let onEvent: @Sendable (RunEvent) -> Void
    /// Whether requests wait for keys, and why.
    private let missing: @Sendable () -> [String]?
    private let mayJoin: @Sendable (Account) -> Bool
    private let takeOver: @Sendable (Roster) throws(SluiceError) -> Void

    init?(
        _ options: RunOptions, environment: Environment, onEvent: @escaping @Sendable (RunEvent) -> Void,
        missing: @escaping @Sendable () -> [String]?, mayJoin: @escaping @Sendable (Account) -> Bool,
        takeOver: @escaping @Sendable (Roster) throws(SluiceError) -> Void
    ) {
        guard let source = options.accountSource else { return nil }
        self.source = source
        share = options.share
        reminder = options.keyReminder
        self.environment = environment
        self.onEvent = onEvent
        self.missing = missing
        self.mayJoin = mayJoin
        self.takeOver = takeOver
    }

    /// Looks until the task is cancelled.
    func keep(_ accounts: [Account]) async {
        var roster = Roster(accounts)
        var known = source.stamps
        var last = known
        var plea = Plea(reminder)
        while (try? await environment.sleep(Self.pause)) != nil {
            let stamps = await stamps()
            defer { last = stamps }
            if stamps != known, stamps == last, !stamps.contains(nil) {
                known = stamps
                await read(&roster)
            }
            if let text = plea.text(missing(), files, now: environment.now().mono) { onEvent(RunEvent(text)) }
        }
    }

    private var files: String { source.files.joined(separator: " or ") }

    private func stamps() async -> [FileStamp?] {
        let paths = source.files
        let found = try? await BlockingThread.run("looking at \(files)") { paths.map { FileStamp($0) } }
        return found ?? paths.map { _ in nil }
    }

    private func read(_ roster: inout Roster) async {
        do throws(SluiceError) {
            var accounts = try await BlockingThread.run("reading \(files)", source.read)
            if let share {
                for index in accounts.indices { accounts[index] = try share.part(of: accounts[index]) }
            }
            var changed = roster
            let refused = changed.take(accounts, mayJoin: mayJoin)
            try takeOver(changed)
            for account in refused {
                onEvent(
                    RunEvent(
                        "\(account.name) joins with the next run: its prices or limits must be known from the start"))
            }
            roster = changed
            onEvent(RunEvent("\(files) has changed: \(changed.live) keys may be used, retired ones are tried again"))
        } catch {
            onEvent(RunEvent("\(files) has changed, and is left aside until it is right: \(error)", isError: true))
        }
    }
}

/// What is said while nothing can be sent for want of keys: at once, then after twice as long each time.
private struct Plea {
    private let first: TimeSpan
    private var pause: TimeSpan
    private var due: Instant?

    init(_ first: TimeSpan) {
        self.first = first
        pause = first
    }

    /// The line that is due; nil if none is.
    mutating func text(_ reasons: [String]?, _ files: String, now: Instant) -> String? {
        guard let reasons else {
            due = nil
            pause = first
            return nil
        }
        if let due, now < due { return nil }
        if due != nil { pause = .seconds(pause.seconds * 2) }
        due = now + pause
        return
            "no key is left (\(reasons.last ?? "none may be used")): waiting for a change of \(files); ctrl-c ends the run"
    }
}
