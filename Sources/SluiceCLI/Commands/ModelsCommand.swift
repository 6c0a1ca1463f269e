internal import ArgumentParser
internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// `sluice models`: what is known of models.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Models with context windows and prices, in dollars for a million tokens.")

    @Argument(help: "Words that the name or the provider has in it.")
    var filter: [String] = []

    @Option(name: .long, help: "Configuration with prices (default ./sluice.yaml).", completion: .file())
    var config: String?

    @Flag(name: .long, help: "Print them as JSON, one model a line.")
    var json = false

    func run() throws {
        let catalogue = try PriceFile.catalogue(ConfigurationFile.counting(config))
        let words = filter.joined(separator: " ")
        var models = catalogue.models(matching: words)
        // A name as it is given to -m: dated, or with its vendor in front.
        if models.isEmpty, let model = catalogue.model(words) { models = [model] }
        guard !models.isEmpty else {
            throw SluiceError(
                .configuration, "no model is known by '\(words)'", hint: "give its price under prices: in sluice.yaml")
        }
        if json { return models.forEach { Terminal.data(ModelText.json($0).text) } }
        ModelText.table(models).forEach { Terminal.data(Terminal.sanitised($0)) }
        let prices = PricesText.line(catalogue.origin, age: catalogue.age(at: Environment.live.now().wall))
        Terminal.say("\(NumberText.grouped(models.count)) models; prices: \(prices)")
    }
}
