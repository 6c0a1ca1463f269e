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
    struct UpdateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update",
            abstract: "Take models and prices from LiteLLM's list, for all later runs.",
            discussion: """
                The list is model_prices_and_context_window.json of https://github.com/BerriAI/litellm, as a file or \
                by its url, like https://raw.githubusercontent.com/BerriAI/litellm/main/\
                model_prices_and_context_window.json; nothing is fetched unless a url is named. It is kept in \
                ~/.config/sluice/models.txt; remove that file to go back.
                """)

        @Option(name: .long, help: "The list, as a file or an https url.", completion: .file())
        var from: String

        @Option(name: .long, help: "Where it is from, with its date, for people (default: name and date of the list).")
        var origin: String?

        @Option(name: .long, help: "Another file to keep it in.", completion: .file())
        var to: String?

        @Option(
            name: .long, help: "PEM file of the authorities to trust (SSL_CERT_FILE, SSL_CERT_DIR).",
            completion: .file())
        var caFile: String?

        func run() async throws {
            guard let path = to ?? PriceFile.path else {
                throw SluiceError(.configuration, "no home to keep the list in", hint: "name a file with --to")
            }
            let list = try await list()
            let models = try LiteLLMPrices.models(list.content, from: from)
            try PriceFile.write(Catalogue.text(models, origin: origin ?? list.origin), to: path)
            Terminal.say("\(NumberText.grouped(models.count)) models are known now, in \(path)")
        }

        private func list() async throws(SluiceError) -> (content: Bytes, origin: String) {
            if from.contains("://") {
                let list = try await PriceList.fetch(from, authorities: ConnectionFlags.authorities(caFile))
                return (list.content, list.origin)
            }
            let content = Bytes(try TextFile.read(from))
            let name = from.split(separator: "/").last.map(String.init) ?? from
            return (content, TextFile.changed(from).map { "\(name), \($0.text.prefix(10))" } ?? name)
        }
    }
}
