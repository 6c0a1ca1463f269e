internal import ArgumentParser

/// Flags that say what is shown.
struct ScreenFlags: ParsableArguments {
    /// When progress is shown.
    enum ProgressMode: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    @Option(name: .long, help: "auto, always or never (default auto: a line that is redrawn, or one each 30 s).")
    var progress: ProgressMode?

    @Flag(name: .long, help: "Print the summary as JSON on standard output.")
    var json = false

    @Flag(name: .shortAndLong, help: "Show errors only.")
    var quiet = false

    @Option(name: .long, help: "Name of the run, shown in progress.")
    var title: String?
}
