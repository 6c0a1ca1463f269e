internal import ArgumentParser
internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// `sluice pricing`: newer prices.
struct PricingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pricing", abstract: "Models and prices newer than this version of Sluice.",
        subcommands: [UpdateCommand.self])

    /// `sluice pricing update`: reads a price list and keeps it for later runs.
    struct UpdateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update",
            abstract: "Take models and prices from LiteLLM's list, for all later runs.",
            discussion: """
                The list is model_prices_and_context_window.json of https://github.com/BerriAI/litellm; Sluice does \
                not fetch it by itself. It is kept in ~/.config/sluice/models.txt; remove that file to go back.
                """)

        @Option(name: .long, help: "The list, as a file.", completion: .file())
        var from: String

        @Option(name: .long, help: "Where it is from, with its date, for people (default: the file's name).")
        var origin: String?

        @Option(name: .long, help: "Another file to keep it in.", completion: .file())
        var to: String?

        func run() throws {
            guard !from.hasPrefix("https://"), !from.hasPrefix("http://") else {
                throw SluiceError(
                    .usage, "the list is read from a file, not from the network",
                    hint: "curl -O \(from), then --from with the file's name")
            }
            guard let path = to ?? PriceFile.path else {
                throw SluiceError(.configuration, "no home to keep the list in", hint: "name a file with --to")
            }
            let models = try LiteLLMPrices.models(Bytes(TextFile.read(from)), from: from)
            let name = from.split(separator: "/").last.map(String.init) ?? from
            try PriceFile.write(Catalogue.text(models, origin: origin ?? name), to: path)
            Terminal.say("\(NumberText.grouped(models.count)) models are known now, in \(path)")
        }
    }
}
