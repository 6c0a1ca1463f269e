public import SluiceCore

/// Estimates the tokens of requests to one model: texts, chat overhead, tools and images.
///
/// The vocabulary of a model that has a public one is loaded with the estimator, which takes some milliseconds the
/// first time. A value for one thread at a time.
public struct ChatTokenEstimator: Sendable {
    /// The model's name.
    public let model: String
    /// What the provider's counts have taught; only estimates that are not exact follow it.
    public var calibration = Calibration()
    private var counter: Counter?
    /// Counts in a public vocabulary what is otherwise known by a rule, where traits are wanted.
    private var publicCounter: Counter?
    private let rule: CharacterRule
    private let overhead: ChatOverhead
    private let images: ImageCost
    /// What the last request's prompt consists of; nil unless the model is known only by a rule and traits are wanted.
    public var traits: PromptTraits? { publicCounter == nil ? nil : found }
    private var found = PromptTraits()
    /// Whether something was met whose tokens are documented rather than counted.
    private var isDocumented = false

    /// An estimator for a model, by the name that the provider knows.
    /// - Parameters:
    ///   - encoding: The model's vocabulary, where it is known better than by the model's name.
    ///   - wantsTraits: Whether to find out of prompts of a model without a public vocabulary what a ``Calibration``
    ///     can learn more from than from the rule's number.
    public init(model: String, encoding: Encoding? = nil, wantsTraits: Bool = false) {
        let encoding = encoding ?? Encoding.forModel(model)
        self.model = model
        counter = encoding.map { Counter($0, cacheBits: 14) }
        if encoding == nil, wantsTraits { publicCounter = Counter(.o200kBase, cacheBits: 14) }
        rule = CharacterRule(model: model)
        overhead = encoding.map { ChatOverhead(model: model, encoding: $0.name) } ?? ChatOverhead()
        images = ImageCost(model: model)
    }

    /// The vocabulary that texts are counted with; nil for a model that is known only by a rule.
    public var encoding: Encoding? { counter?.encoding }

    /// The tokens of a request's prompt, corrected by what was learned.
    public mutating func estimate(_ request: Request) -> TokenEstimate {
        let raw = uncorrected(request)
        return calibration.corrected(raw, traits: traits)
    }

    /// The tokens of a request's prompt as counted or by the rule; this is what ``Calibration`` observes.
    public mutating func uncorrected(_ request: Request) -> TokenEstimate {
        isDocumented = false
        found = PromptTraits()
        // What a request holds has been validated when its row was read.
        let question = JSON(trusted: request.question)
        var tokens = 0
        if request.endpoint == .chat {
            tokens = overhead.reply
            for message in question.elements { tokens += self.message(message) }
            if let tools = Self.tools(request.parameters) { tokens += functions(tools) }
            if !overhead.isChecked { isDocumented = true }
        } else {
            tokens = texts(question)
        }
        guard counter != nil else { return TokenEstimate(tokens: tokens, method: .rule) }
        return TokenEstimate(tokens: tokens, method: isDocumented ? .documented : .exact)
    }

    /// The tokens of a text alone.
    public mutating func tokens(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { tokens($0) }
    }

    /// The beginning of a text that has at most `limit` tokens, cut between two characters; all of a shorter text.
    public mutating func truncate(_ text: String, toTokens limit: Int) -> String {
        if counter != nil { return counter?.truncate(text, toTokens: limit) ?? text }
        var text = text
        return text.withUTF8 { String(decoding: $0[..<rule.prefixEnd($0, tokens: limit)], as: UTF8.self) }
    }

    private mutating func tokens(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        if let counted = counter?.count(text) { return counted }
        let lengths = CharacterRule.lengths(of: text)
        if let tokens = publicCounter?.count(text) {
            found.tokens += tokens
            found.characters &+= lengths
        }
        return rule.tokens(lengths)
    }

    /// The tokens of a text, a list of texts, or a list of ids.
    private mutating func texts(_ json: JSON) -> Int {
        switch json.kind {
        case .string: tokens(json.string ?? "")
        case .array: json.elements.reduce(0) { $0 + texts($1) }
        case .number: 1
        default: 0
        }
    }

    private mutating func message(_ message: JSON) -> Int {
        found.messages += 1
        var sum = overhead.message
        for member in message.members {
            if member.value.kind == .string {
                sum += texts(member.value)
                if member.isNamed("name") { sum += overhead.name }
            } else if member.isNamed("content") {
                for part in member.value.elements { sum += self.part(part) }
            } else if member.isNamed("tool_calls") {
                for call in member.value.elements { sum += self.call(call) }
            }
        }
        return sum
    }

    private mutating func part(_ part: JSON) -> Int {
        if let text = part["text"] { return texts(text) }
        isDocumented = true
        guard let image = part["image_url"] else { return 0 }
        let url = image.kind == .object ? image["url"] : image
        let tokens = images.tokens(url: url?.raw, detail: image["detail"]?.string ?? "auto")
        found.others += tokens
        return tokens
    }

    /// A call of a function in an earlier answer: its name and arguments, as one more message.
    private mutating func call(_ call: JSON) -> Int {
        isDocumented = true
        found.messages += 1
        guard let function = call["function"] else { return 0 }
        return overhead.message
            + [function["name"], function["arguments"]].compactMap(\.self).reduce(0) {
                $0 + texts($1)
            }
    }

    /// The value of `tools` among a request's parameters.
    private static func tools(_ parameters: Bytes) -> JSON? {
        guard parameters.count > 8 else { return nil }
        var object: [UInt8] = [UInt8(ascii: "{")]
        object.append(parameters)
        object.append(UInt8(ascii: "}"))
        return JSON(trusted: Bytes(object))["tools"]
    }

    private mutating func functions(_ tools: JSON) -> Int {
        let functions = tools.elements.compactMap { $0["function"] }
        guard !functions.isEmpty else { return 0 }
        isDocumented = true
        // By rule there is no better way than to count the text that is sent.
        guard counter != nil else { return tools.raw.withUnsafeBytes { tokens($0) } }
        var sum = overhead.functionsEnd
        for function in functions {
            sum += overhead.function + tokens("\(text(function["name"])):\(sentence(function["description"]))")
            guard let properties = function["parameters"]?["properties"]?.members, !properties.isEmpty else { continue }
            sum += overhead.properties
            for property in properties {
                sum += overhead.property
                if let items = property.value["enum"] {
                    sum += overhead.enumeration
                    for item in items.elements { sum += overhead.item + tokens(text(item)) }
                }
                let kind = text(property.value["type"])
                sum += tokens("\(property.text):\(kind):\(sentence(property.value["description"]))")
            }
        }
        return sum
    }

    private func text(_ json: JSON?) -> String {
        json.map { $0.string ?? $0.raw.text } ?? ""
    }

    /// A description without its full stop, as the cookbook has it.
    private func sentence(_ json: JSON?) -> String {
        let text = text(json)
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
