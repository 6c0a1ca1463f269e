internal import Sluice
internal import SluiceCore

/// The progress of a run on standard error: a line that is redrawn, or a plain line now and then.
final class ProgressView: Sendable {
    /// The one screen of the process.
    static let shared = ProgressView()

    private struct State {
        var run: Run?
        var banner: String?
        var isRedrawn = false
        var isDrawn = false
    }

    private let state = Guarded(State())

    private init() {}

    /// Shows how a run stands, again and again until the task is cancelled.
    /// - Parameter banner: Stands before the progress.
    func keep(_ run: Run, mode: ScreenFlags.ProgressMode, banner: String? = nil) async {
        guard mode != .never else { return }
        let isRedrawn = Terminal.isInteractive
        state.withLock { state in
            state.run = run
            state.banner = banner
            state.isRedrawn = isRedrawn
        }
        // Four times a second reads as live; without a terminal a line every half minute is enough for a log.
        let interval: TimeSpan = isRedrawn ? .milliseconds(250) : .seconds(mode == .always ? 5 : 30)
        while true {
            do { try await Environment.live.sleep(interval) } catch { break }
            draw()
        }
        state.withLock { $0.run = nil }
        clear()
    }

    /// Prints a line above the progress.
    func interrupt(with line: String) {
        clear()
        Terminal.say(line)
    }

    private func draw() {
        let (run, banner, isRedrawn) = state.withLock { ($0.run, $0.banner, $0.isRedrawn) }
        guard let progress = run?.progress() else { return }
        guard isRedrawn else { return Terminal.say(ProgressText.line(progress, banner: banner, width: nil)) }
        let text = Terminal.sanitised(ProgressText.line(progress, banner: banner, width: Terminal.width - 1))
        state.withLock { $0.isDrawn = true }
        Terminal.draw("\r\u{1B}[2K\(text)")
    }

    private func clear() {
        let isDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if isDrawn { Terminal.draw("\r\u{1B}[2K") }
    }
}
