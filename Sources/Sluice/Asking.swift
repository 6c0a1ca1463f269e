public import SluiceCore

/// How a row becomes a request.
public struct Asking: Sendable {
    /// The model; replaces a row's own.
    public var model: String?
    /// The name that the model was given by, where that stands for a chain.
    package var chainName: String?
    /// The models that every row is asked of, each once; none where ``model`` or the row says which one is asked.
    public var models: [String] = []
    /// The models that are asked, in this order, where a row's model cannot answer it.
    public var fallbacks: [String] = []
    /// Names of models that stand for several: the first is asked, the others step in for it in their order.
    public var chains: [String: [String]] = [:]
    /// A template with `{{column}}` placeholders for the user's message.
    public var template: String?
    /// A template with `{{column}}` placeholders for the URL of an image that goes with the user's message.
    public var image: String?
    /// The system message; replaces a row's own.
    public var system: String?
    /// The column that holds the user's message, for rows of no known shape.
    public var textField: String?
    /// The column that holds the user's message where a row has no shape of its own.
    package var textFallback: String?
    /// What people call the input, for messages.
    package var inputName = "standard input"
    /// The column that holds the row's model.
    public var modelField: String?
    /// The field that the answer is written to.
    public var answerField = "output"
    /// The way the provider is asked; nil lets the row's shape decide.
    public var endpoint: Request.Endpoint?
    /// Parameters as JSON values by name, in order; they replace a row's own.
    public var parameters: [(name: String, value: JSON)] = []

    /// Rows say everything themselves.
    public init() {}
}
