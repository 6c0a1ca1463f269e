internal import Sluice
internal import SluiceCore

/// One `sluice run` at a terminal: the run itself, its signals, its progress, its summary.
struct RunSession {
    private let run: Run
    private let options: RunOptions
    private let screen: ScreenFlags
    private let filter: FilterOutput?
    /// Whether the answers are kept where a later run finds them.
    private let isKept: Bool

    /// - Parameter journal: The folder that keeps the answers of a run to standard output.
    init(_ options: RunOptions, screen: ScreenFlags, journal: String?) throws(SluiceError) {
        self.options = options
        self.screen = screen
        isKept = options.output != nil || journal != nil
        let isQuiet = screen.quiet
        var running = options
        if options.output == nil, !screen.json, journal != nil || !options.files.isStreamable {
            let filter = try FilterOutput(journal: journal, format: options.files.outputFormat)
            running.output = filter.path
            self.filter = filter
        } else {
            filter = nil
        }
        let shown = filter?.path
        run = Run(running) { event in
            guard !isQuiet || event.isError else { return }
            let line = EventText.line(event)
            ProgressView.shared.interrupt(
                with: shown.map { line.replacing($0, with: "standard output") } ?? line)
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
        let summary: RunSummary
        do throws(SluiceError) {
            summary = try result.get()
        } catch {
            filter?.remove()
            throw error
        }
        var undelivered: SluiceError?
        do throws(SluiceError) { try filter?.deliver(summary) } catch { undelivered = error }
        if screen.json { Terminal.data(SummaryJSON.text(summary)) }
        let lines =
            screen.quiet
            ? SummaryText.errorLines(summary, options, isKept: isKept)
            : SummaryText.lines(summary, options, isKept: isKept)
        for line in lines { Terminal.say(line) }
        if let warning { Terminal.say(warning) }
        if case .error(let error) = summary.cause { ErrorText.print(error) }
        guard let undelivered else { return summary.exitCode }
        ErrorText.print(undelivered)
        return summary.counts.isConserved ? undelivered.code.exitCode : summary.exitCode
    }
}
