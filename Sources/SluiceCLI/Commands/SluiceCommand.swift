public import ArgumentParser
internal import Sluice
internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// `sluice`: the verbs.
public struct SluiceCommand: AsyncParsableCommand {
    /// Name, abstract and verbs.
    public static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Run a million LLM requests as one command: as fast as the limits allow, each answer paid once.",
        discussion: """
            examples:
              sluice run reviews.jsonl -m gpt-5-mini -o out.jsonl \\
                --prompt 'Sentiment of: {{text}}' --into sentiment
              sluice run requests.jsonl -o answers.jsonl \\
                --base-url http://localhost:8000/v1 -c 256
              sluice estimate requests.jsonl -m gpt-5-mini
              sluice status answers.jsonl
              sluice merge answers.jsonl -o merged.csv
              sluice count reviews.jsonl -m gpt-5-mini    # tokens, offline
              sluice cache stats               # answers kept by runs with --cache
              sluice mock --rpm 600            # a provider to rehearse with, no key needed
            """,
        version: "sluice \(Version.current)",
        subcommands: [
            RunCommand.self, EstimateCommand.self, StatusCommand.self, MergeCommand.self, CountCommand.self,
            CacheCommand.self, ModelsCommand.self, PricingCommand.self, MockCommand.self,
        ])

    /// The command without a verb, which prints the help.
    public init() {}

    /// Parses the command line, runs the verb and exits with its code.
    public static func start() async {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as SluiceError {
            ErrorText.print(error)
            Glibc_exit(error.code.exitCode)
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            ErrorText.print(wrong(message(for: error)))
            Glibc_exit(SluiceError.Code.usage.exitCode)
        }
    }

    /// A command line that cannot be read, in words like those of every other error.
    private static func wrong(_ message: String) -> SluiceError {
        let parts = message.split(separator: ". ", maxSplits: 1).map(String.init)
        let guess = parts.last.flatMap { parts.count > 1 && $0.hasPrefix("Did you mean") ? $0 : nil }
        let text = guess == nil ? message : parts[0]
        return SluiceError(.usage, lowercased(text), hint: guess.map(lowercased) ?? whereHelpIs)
    }

    /// A sentence without its capital; `INPUT` stays.
    private static func lowercased(_ text: String) -> String {
        text.dropFirst().first?.isUppercase == true ? text : text.prefix(1).lowercased() + text.dropFirst()
    }

    /// ArgumentParser does not say what a mistyped verb may have meant.
    private static var whereHelpIs: String {
        let verbs = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        guard let typed = CommandLine.arguments.dropFirst().first, !typed.hasPrefix("-") else {
            return "see 'sluice --help'"
        }
        if verbs.contains(typed) { return "see 'sluice \(typed) --help'" }
        return DidYouMean.nearest(to: typed, among: verbs).map { "did you mean 'sluice \($0)'?" }
            ?? "see 'sluice --help'"
    }
}

private func Glibc_exit(_ code: Int32) -> Never {
    #if canImport(Glibc)
        Glibc.exit(code)
    #else
        Darwin.exit(code)
    #endif
}
