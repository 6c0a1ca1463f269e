internal import SluiceCore
internal import SluiceStorage

/// Looks whether the accounts of a run are others than before, and says so while it waits for that.
///
/// Files are looked at by their stamps: a watch of the system ends with a file that is replaced, and some file systems of
/// clusters have none. What is found twice in the same state, and so is hardly half-written, is read.
struct AccountWatch: Sendable {
    private static let pause = TimeSpan.milliseconds(400)
    /// After how long what could not be used is tried again.
    private static let patience = TimeSpan.seconds(30)

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

    /// Looks until the task is cancelled; a reading that hangs does not hold that up.
    func keep(_ accounts: [Account]) async {
        var roster = Roster(accounts)
        var known = source.files
        var last = known
        var trouble: Trouble?
        var plea = Plea(reminder)
        while (try? await environment.sleep(Self.pause)) != nil {
            guard let found = await look(at: known) else { continue }
            let isOther = found != known && found == last && found.isThere
            last = found
            if isOther || trouble.map({ $0.due <= environment.now().mono }) ?? false {
                known = found
                do throws(SluiceError) {
                    guard let files = try await read(&roster, known) else { return }
                    known = files
                    last = files
                    trouble = nil
                } catch {
                    let text = Self.text(known)
                    // Tried again by itself, the same need not be said twice.
                    if isOther || trouble?.error.description != error.description {
                        onEvent(
                            RunEvent(
                                "\(text) has changed, and is left aside until it is right: \(error)", isError: true))
                    }
                    trouble = Trouble(error: error, due: environment.now().mono + Self.patience)
                }
            }
            if let text = plea.text(missing(), Self.text(known), now: environment.now().mono) {
                onEvent(RunEvent(text, isError: true))
            }
        }
    }

    /// What could not be used, and when it is tried again: a command may have failed, or a disk.
    private struct Trouble {
        let error: SluiceError
        let due: Instant
    }

    private static func text(_ files: WatchedFiles) -> String { files.paths.joined(separator: " or ") }

    /// The same files as they are now; nil if that cannot be said.
    private func look(at files: WatchedFiles) async -> WatchedFiles? {
        let paths = files.paths
        return try? await BlockingThread.runUnlessCancelled("looking at \(Self.text(files))") { WatchedFiles(paths) }
    }

    /// Takes over what is written down now; returns the files that it comes from, or nil if the task was cancelled.
    private func read(_ roster: inout Roster, _ files: WatchedFiles) async throws(SluiceError) -> WatchedFiles? {
        let text = Self.text(files)
        guard var reading = try await BlockingThread.runUnlessCancelled("reading \(text)", source.read) else {
            return nil
        }
        if let share {
            for index in reading.accounts.indices {
                reading.accounts[index] = try share.part(of: reading.accounts[index])
            }
        }
        var changed = roster
        let refused = changed.take(reading.accounts, mayJoin: mayJoin)
        try takeOver(changed)
        for account in refused {
            onEvent(
                RunEvent("\(account.name) joins with the next run: its prices or limits must be known from the start"))
        }
        roster = changed
        onEvent(RunEvent("\(text) has changed: \(changed.live) keys may be used, retired ones are tried again"))
        return reading.files
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
