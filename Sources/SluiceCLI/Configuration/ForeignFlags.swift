internal import ArgumentParser
internal import Sluice
internal import SluiceCore
internal import SluiceProviders
internal import SluiceTokens

/// Flags of two scripts that people come from, so that their command lines work here: the OpenAI cookbook's
/// `api_request_parallel_processor.py` with its descendants (underscores), and lmclient's `translate.py` (hyphens).
///
/// Help does not show them; everything they say can be said with Sluice's own flags.
struct ForeignFlags: ParsableArguments {
    @Argument var secondPath: String?

    @Option(name: .customLong("requests_filepath")) var requestsPath: String?
    @Option(name: .customLong("save_filepath")) var savePath: String?
    @Option(name: .customLong("request_url")) var requestURL: String?
    @Option(name: .customLong("api_key")) var apiKey: String?
    @Option(name: .customLong("max_requests_per_minute"), transform: Flags.count) var cookbookRPM: Double?
    @Option(name: .customLong("max_tokens_per_minute"), transform: Flags.count) var cookbookTPM: Double?
    @Option(name: .customLong("max_attempts"), transform: Flags.positive) var cookbookAttempts: Int?
    @Option(name: .customLong("seconds_to_sleep_each_loop")) var secondsBetween: Double?
    @Option(name: .customLong("token_encoding_name")) var encodingName: String?
    @Option(name: .customLong("logging_level")) var loggingLevel: Int?

    @Option(name: .long, transform: Flags.count) var maxRequestsPerMinute: Double?
    @Option(name: .long, transform: ConcurrencyFlag.init) var asyncCapacity: ConcurrencyFlag?
    @Option(name: .long) var errorMode: TroubleFlags.OnError?
    @Option(name: .long) var modelName: String?

    /// The key that stands on the command line.
    var key: Secret? { apiKey.map { Secret($0) } }

    /// Says the same with Sluice's own flags.
    /// - Throws: `ValidationError` if both are given, or if there is nothing here that a value could mean.
    func translate(_ command: inout RunCommand) throws {
        try translateFiles(&command)
        try translateAddress(&command)
        try Self.fill(&command.account.rpm, "--rpm", cookbookRPM, "--max_requests_per_minute")
        try Self.fill(&command.account.rpm, "--rpm", maxRequestsPerMinute, "--max-requests-per-minute")
        try Self.fill(&command.account.tpm, "--tpm", cookbookTPM, "--max_tokens_per_minute")
        try Self.fill(&command.account.interval, "--interval", try interval(), "--seconds_to_sleep_each_loop")
        try Self.fill(&command.trouble.maxAttempts, "--max-attempts", cookbookAttempts, "--max_attempts")
        try Self.fill(&command.trouble.onError, "--on-error", errorMode, "--error-mode")
        try Self.fill(&command.concurrency, "-c", asyncCapacity, "--async-capacity")
        try Self.fill(&command.model, "-m", modelName, "--model-name")
        // Tokens are counted with the model's own vocabulary, which the name can only repeat.
        if let encodingName, !Encoding.names.contains(encodingName) {
            throw ValidationError("'\(encodingName)' is none of \(Encoding.names.joined(separator: ", "))")
        }
        // Python's levels: 10 debug, 20 info, 30 warning, 40 error.
        if let loggingLevel, loggingLevel >= 40 { command.screen.quiet = true }
    }

    private func translateFiles(_ command: inout RunCommand) throws {
        try Self.fill(&command.input, "INPUT", requestsPath, "--requests_filepath")
        try Self.fill(&command.output, "-o", secondPath, "the second path")
        let results = savePath ?? requestsPath.flatMap { command.output == nil ? Self.results(of: $0) : nil }
        try Self.fill(&command.output, "-o", results, "--save_filepath")
        if requestsPath != nil || savePath != nil, command.file.format == nil, !command.file.noMeta {
            command.file.format = .cookbook
        }
    }

    private func translateAddress(_ command: inout RunCommand) throws {
        guard let requestURL else { return }
        guard command.account.baseURL.isEmpty, command.asking.endpoint == nil else {
            throw ValidationError("--request_url says where to send: leave --base-url and --endpoint out")
        }
        guard let endpoint = OpenAIRequest.endpoint(ofPath: requestURL) else {
            throw ValidationError(
                "--request_url is the whole address of an OpenAI-compatible endpoint, like "
                    + "https://api.openai.com/v1/chat/completions; '\(BaseURL.shown(requestURL))' ends otherwise")
        }
        command.account.baseURL = [String(requestURL.dropLast(OpenAIRequest.path(endpoint).count))]
        command.asking.endpoint = endpoint
    }

    private func interval() throws -> TimeSpan? {
        guard let secondsBetween else { return nil }
        guard secondsBetween >= 0, secondsBetween.isFinite else {
            throw ValidationError("--seconds_to_sleep_each_loop is a number of seconds")
        }
        return secondsBetween > 0 ? .seconds(secondsBetween) : nil
    }

    /// Where the cookbook's script writes the results of a file if it is not told.
    private static func results(of path: String) -> String {
        (path.hasSuffix(".jsonl") ? String(path.dropLast(6)) : path) + "_results.jsonl"
    }

    private static func fill<Value>(_ place: inout Value?, _ own: String, _ value: Value?, _ foreign: String) throws {
        guard let value else { return }
        guard place == nil else { throw ValidationError("\(own) and \(foreign) say the same: leave one out") }
        place = value
    }
}
