internal import SluiceCore
internal import SluiceStorage

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Tells people what they should know while a run goes on, and keeps it for those who ask later.
final class EventLog: Sendable {
    private enum Kind: String {
        case began, note, error, ended
    }

    private struct State {
        /// What is to be written.
        var lines: [UInt8] = []
        /// So many more are kept.
        var left = 10_000
        var paths: OutputPaths?
    }

    private let state = Guarded(State())
    private let wall: @Sendable () -> WallTime
    private let onEvent: @Sendable (RunEvent) -> Void

    /// - Parameter onEvent: Told of every event at once.
    init(now: @escaping @Sendable () -> Now, onEvent: @escaping @Sendable (RunEvent) -> Void) {
        wall = { now().wall }
        self.onEvent = onEvent
    }

    /// Tells an event and keeps it.
    func take(_ event: RunEvent) {
        onEvent(event)
        keep(event.isError ? .error : .note, event.message)
    }

    /// Says where events are kept, those that were taken before included; nil if they are not.
    func begin(_ options: RunOptions, at paths: OutputPaths?) {
        guard let paths else {
            return state.withLock { $0 = State(left: 0) }
        }
        EventFile.makeRoom(paths)
        state.withLock { $0.paths = paths }
        keep(.began, "sluice \(Version.current): \(options.input ?? "-") to \(paths.output)")
    }

    /// Keeps how the run ended.
    func end(_ summary: RunSummary) {
        let cause = summary.cause.map { ", \($0.name)" } ?? ""
        keep(.ended, "exit \(summary.exitCode)\(cause)")
    }

    /// Writes what was taken since the last time; on a thread that may wait for the disk.
    ///
    /// That it cannot be written stops nothing: it has been told.
    func write() {
        let (lines, paths) = state.withLock { state in
            guard let paths = state.paths else { return ([UInt8](), OutputPaths?.none) }
            defer { state.lines = [] }
            return (state.lines, paths)
        }
        if let paths, !lines.isEmpty { try? EventFile.append(lines, to: paths) }
    }

    private func keep(_ kind: Kind, _ text: String) {
        let at = wall()
        state.withLock { state in
            // The end is kept in any case.
            guard state.left > 0 || kind == .ended else { return }
            state.left -= 1
            state.lines += Self.line(kind, text, at)
            if state.left == 0 { state.lines += Self.line(.note, "what follows is not kept", at) }
        }
    }

    private static func line(_ kind: Kind, _ text: String, _ at: WallTime) -> [UInt8] {
        var json = JSONBuilder()
        json.beginObject()
        json.member("at", at.text)
        json.member("pid", Int(getpid()))
        json.member("kind", kind.rawValue)
        json.member("text", text)
        json.endObject()
        return json.bytes + [0x0A]
    }
}
