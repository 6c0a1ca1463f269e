public import ArgumentParser
public import Sluice
public import SluiceCore

/// Flags that say what is asked of each row.
struct AskingFlags: ParsableArguments {
    @Option(name: .long, help: "Prompt with {{column}} placeholders, or @FILE.")
    var prompt: String?

    @Option(name: .long, help: "URL of an image for each row, with {{column}} placeholders.")
    var image: String?

    @Option(name: .long, help: "Field the answer is written to (default output).")
    var into: String?

    @Option(name: .long, help: "System message, or @FILE; replaces the rows' own.")
    var system: String?

    @Option(name: .long, help: "Column that holds the text, for rows of other shapes.")
    var textField: String?

    @Option(name: .long, help: "Column that holds the row's model.")
    var modelField: String?

    @Option(name: .long, help: "Sampling temperature, 0 to 2.")
    var temperature: Double?

    @Option(name: .long, help: "Longest answer, in tokens.", transform: Flags.positive)
    var maxTokens: Int?

    @Option(
        name: .customLong("param"), help: "Further parameter, NAME=JSON; passes through as it is; repeatable.",
        transform: Flags.parameter)
    var parameters: [(name: String, value: JSON)] = []

    @Option(name: .long, help: "chat, completions or embeddings (default: by the row's shape).")
    var endpoint: Request.Endpoint?

    @Option(name: .long, help: "What is kept of an answer: text, message or response (default text).")
    var save: Save?

    func asking(model: String?) throws(SluiceError) -> Asking {
        var asking = Asking()
        asking.model = model
        asking.template = try prompt.map(content)
        asking.image = image
        asking.system = try system.map(content)
        asking.textField = textField
        asking.modelField = modelField
        asking.endpoint = endpoint
        if let into { asking.answerField = into }
        guard asking.answerField != "sluice", !asking.answerField.isEmpty else {
            throw SluiceError(
                .usage, "--into cannot be '\(asking.answerField)'", hint: "choose another name for the answer's field")
        }
        var numbers = JSONNumbers()
        if let temperature { try numbers.add("temperature", "\(temperature)") }
        if let maxTokens { try numbers.add("max_tokens", "\(maxTokens)") }
        asking.parameters = numbers.parameters + parameters
        return asking
    }

    /// The text itself, or what is in the file behind `@`.
    private func content(_ text: String) throws(SluiceError) -> String {
        guard text.hasPrefix("@") else { return text }
        let content = try TextFile.read(String(text.dropFirst()))
        // Editors end the last line; nobody means that as part of the prompt.
        return content.hasSuffix("\n") ? String(content.dropLast()) : content
    }
}

/// Parameters that are numbers.
private struct JSONNumbers {
    private(set) var parameters: [(name: String, value: JSON)] = []

    mutating func add(_ name: String, _ number: String) throws(SluiceError) {
        guard let json = try? JSON.parse(Bytes(number)) else {
            throw SluiceError(.usage, "'\(number)' is no value for \(name)")
        }
        parameters.append((name, json))
    }
}

extension Request.Endpoint: ExpressibleByArgument {}
extension Save: ExpressibleByArgument {}
