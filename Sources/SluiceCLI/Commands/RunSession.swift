internal import Sluice
internal import SluiceCore

/// One `sluice run` at a terminal: the run itself, its signals, its progress, its summary.
struct RunSession {
    private let run: Run
    private let options: RunOptions
    private let screen: ScreenFlags

    init(_ options: RunOptions, screen: ScreenFlags) {
        self.options = options
        self.screen = screen
        let isQuiet = screen.quiet
        run = Run(options) { event in
            if !isQuiet || event.isError { ProgressView.shared.interrupt(with: EventText.line(event)) }
        }
    }

    /// Runs to the end and returns the exit code.
    func run() async throws(SluiceError) -> Int32 {
        if options.output == nil, screen.json {
            throw SluiceError(
                .usage, "-o - and --json both want the standard output", hint: "write the answers to a file with -o")
        }
        let warning = InsecureText.line(options)
        if let warning { Terminal.say(warning) }
        let signals = Signals { [run] signal in run.stop(signal == .interrupt ? .interrupted : .terminated) }
        defer { signals.stop() }
        let mode: ScreenFlags.ProgressMode = screen.quiet ? .never : screen.progress ?? .auto
        let result = await withTaskGroup { group in
            group.addTask { [run] in
                await ProgressView.shared.keep(run, mode: mode, banner: warning.map { _ in InsecureText.banner })
            }
            defer { group.cancelAll() }
            do throws(SluiceError) {
                return Result<RunSummary, SluiceError>.success(try await run.execute())
            } catch {
                return .failure(error)
            }
        }
        let summary = try result.get()
        if screen.json { Terminal.data(SummaryJSON.text(summary)) }
        if !screen.quiet { for line in SummaryText.lines(summary, options) { Terminal.say(line) } }
        if let warning { Terminal.say(warning) }
        if case .error(let error) = summary.cause { ErrorText.print(error) }
        return summary.exitCode
    }
}
