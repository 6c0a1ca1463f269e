internal import SluiceCore

/// The error object of a reply, in the shapes that OpenAI and its clones send.
struct OpenAIError {
    /// How many characters of a text are kept: more than are shown, so that keys are taken out before it is cut.
    private static let cap = 4000

    /// `error.code`, as text also where it is a number, or Anthropic's `error.details.error_code`.
    private(set) var code: String?
    /// `error.type`, or what Google calls `error.status`.
    private(set) var type: String?
    /// `error.param`: the parameter that is wrong.
    private(set) var parameter: String?
    /// `error.message`, or the beginning of a body that has no such thing.
    private(set) var message: String
    /// Google's `error.details` or OpenRouter's `error.metadata`, as JSON text.
    private(set) var details = ""
    /// Google's `RetryInfo.retryDelay`: `46s`.
    private(set) var retryDelay: String?
    /// Whether the body had the shape of an error of this dialect.
    private(set) var isStructured = false

    /// Whether the code is a word: a number is often no more than the HTTP status.
    var hasNamedCode: Bool { code.map { Int($0) == nil } ?? false }

    /// All that it says, in lower case.
    var text: String { "\(code ?? "") \(type ?? "") \(message)".lowercased() }

    init(_ body: Bytes, status: Int) {
        let body = body.withoutByteOrderMark
        message = "http \(status)"
        // Google sends the object inside an array.
        guard let json = (try? JSON.parse(body)).flatMap({ $0.kind == .array ? $0.first : $0 }), json.kind == .object
        else {
            let plain = OpenAIError.plain(body)
            message += ": \(plain.isEmpty ? "an empty body" : plain)"
            return
        }
        // {"error":{…}} (OpenAI), {"choices":[{"error":{…}}]} (OpenRouter), {"error":"…"} (Ollama), {"message":…} (vLLM,
        // Mistral), {"detail":…} (FastAPI).
        let error = OpenAIError.present(json["error"]) ?? OpenAIError.present(json["choices"]?.first?["error"])
        let inner = error.flatMap { $0.kind == .object ? $0 : nil } ?? json
        code = OpenAIError.code(inner["code"])
        type = (inner["type"]?.string ?? inner["status"]?.string).map(OpenAIError.oneLine)
        parameter = inner["param"]?.string
        if let more = OpenAIError.present(inner["details"] ?? inner["metadata"]) {
            details = more.raw.text
            if code == nil { code = OpenAIError.code(more["error_code"]) }
            retryDelay = more.elements.lazy.compactMap { $0["retryDelay"]?.string }.first
        }
        let text = inner["message"]?.string ?? error?.string ?? json["message"]?.string
        let detail = OpenAIError.present(json["detail"]).map { $0.string ?? $0.raw.text }
        if let text = text ?? detail {
            message = OpenAIError.oneLine(text)
            isStructured = true
        } else if error != nil {
            message = OpenAIError.oneLine(json.raw.text)
            isStructured = true
        } else {
            message += ": \(OpenAIError.oneLine(json.raw.text))"
            readNumbered(json)
        }
    }

    /// The errors inside HTTP 200 that are told by a number other than zero: `base_resp` (MiniMax), `error_code`
    /// (Qianfan).
    private mutating func readNumbered(_ json: JSON) {
        let base = json["base_resp"]
        guard let number = OpenAIError.code(base?["status_code"] ?? json["error_code"]), number != "0" else { return }
        code = number
        message = OpenAIError.oneLine((base?["status_msg"] ?? json["error_msg"])?.string ?? json.raw.text)
        isStructured = true
    }

    private static func present(_ json: JSON?) -> JSON? { json.flatMap { $0.isNull ? nil : $0 } }

    private static func code(_ json: JSON?) -> String? {
        json.flatMap { $0.string.map(oneLine) ?? $0.int.map(String.init) }
    }

    /// The readable beginning of a body that is not JSON: an HTML page without its tags.
    private static func plain(_ body: Bytes) -> String {
        var text = ""
        var isTag = false
        for character in body[0..<min(body.count, 8000)].text {
            if character == "<" { isTag = true }
            if !isTag { text.append(character) }
            if character == ">" { isTag = false }
        }
        return oneLine(text)
    }

    /// The beginning of a text with every run of blanks and control characters made one blank.
    private static func oneLine(_ text: String) -> String {
        let words = text.unicodeScalars.prefix(10_000)
            .split { $0.properties.isWhitespace || $0.properties.generalCategory == .control }
            .map { String($0) }.joined(separator: " ")
        return String(words.prefix(cap))
    }
}
