import SluiceCore
import SluiceProviders
import Testing

@Suite struct CatalogueTests {
    @Test func `the embedded list has its origin, its date and every model with both prices`() throws {
        let catalogue = Catalogue.builtIn
        #expect(catalogue.origin.contains("litellm 1.109.1"))
        #expect(catalogue.origin.contains("2026-11-21"))
        let models = catalogue.models()
        #expect(models.count > 2500)
        #expect(models.count { $0.price != nil } > 2400)
        #expect(models.allSatisfy { !$0.provider.isEmpty })
    }

    @Test(arguments: [
        ("gpt-4o-mini", nil, "gpt-4o-mini"), ("gpt-4o-mini-2024-07-18", nil, "gpt-4o-mini-2024-07-18"),
        ("openai/gpt-4o-mini", nil, "gpt-4o-mini"), ("openai/gpt-4.1-mini-2031-01-02", nil, "gpt-4.1-mini"),
        ("gpt-4.1-mini-latest", nil, "gpt-4.1-mini"), ("deepseek-flash", "deepseek", "deepseek/deepseek-flash"),
        ("openai/gpt-oss-120b", "groq", "groq/openai/gpt-oss-120b"),
        ("claude-haiku-4-5@20310102", nil, "claude-haiku-4-5"),
        ("gpt-4.1-mini-20310102", "openai", "gpt-4.1-mini"),
    ]) func `names, dated names and vendors' names find their model`(name: String, provider: String?, found: String) {
        #expect(Catalogue.builtIn.model(name, at: provider)?.name == found)
    }

    @Test(arguments: ["my-model", "gpt-4o-minix", "", "/", "-2024-07-18", "local/llama"])
    func `an unknown model is unknown`(name: String) {
        #expect(Catalogue.builtIn.model(name) == nil)
    }

    @Test func `context and longest answer are known`() throws {
        let model = try #require(Catalogue.builtIn.model("gpt-4o-mini"))
        #expect(model.context == 128_000)
        #expect(model.maxOutput == 16_384)
    }

    @Test func `what the user says counts before everything, also for dated names`() throws {
        var catalogue = Catalogue.builtIn
        var mine = Model("gpt-4o-mini")
        mine.context = 7
        catalogue.set(mine)
        #expect(catalogue.model("gpt-4o-mini")?.context == 7)
        #expect(catalogue.model("openai/gpt-4o-mini-2024-07-18")?.context == 7)
        #expect(catalogue.models(matching: "gpt-4o-mini").first?.context == 7)
    }

    @Test func `a newer list goes over the built-in one, and a foreign file is refused by name`() throws {
        var catalogue = Catalogue.builtIn
        var newer = Model("gpt-4o-mini", provider: "openai")
        newer.context = 9
        newer.price = Price(Rates(input: Money(picodollars: 1), output: Money(picodollars: 2)))
        try catalogue.add(Bytes(Catalogue.text([newer], origin: "test, 2027")), from: "p")
        #expect(catalogue.model("gpt-4o-mini")?.context == 9)
        #expect(catalogue.model("gpt-4o") != nil)
        #expect(catalogue.origin == "test, 2027")
        #expect(throws: SluiceError.self) { try catalogue.add(Bytes("something else\n"), from: "p") }
    }

    @Test func `every embedded line reads and writes back as it was`() throws {
        let models = Catalogue.builtIn.models()
        let text = Catalogue.text(models, origin: "again")
        var again = Catalogue.builtIn
        try again.add(Bytes(text), from: "again")
        for model in models { #expect(again.model(model.name) == model) }
    }

    @Test func `models are found by words of name and provider`() {
        let names = Catalogue.builtIn.models(matching: "Deepseek flash").map(\.name)
        #expect(names.contains("deepseek/deepseek-flash"))
        #expect(!names.contains("gpt-4o"))
    }

    @Test(arguments: [
        ("https://api.openai.com/v1", "openai"), ("https://api.deepseek.com", "deepseek"),
        ("https://res.openai.azure.com/openai/v1", "azure"), ("https://api.x.ai/v1", "xai"),
        ("http://localhost:8000/v1", nil), ("https://notopenai.com/v1", nil),
    ]) func `providers are known by their host`(address: String, name: String?) throws {
        #expect(ProviderName.at(try BaseURL(address)) == name)
    }
}
