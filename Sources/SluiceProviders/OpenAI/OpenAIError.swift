internal import SluiceCore

/// The error object of a reply, in the shapes that OpenAI and its clones send.
struct OpenAIError {
    /// `error.code`, as text also where it is a number.
    var code: String?
    /// `error.type`.
    var type: String?
    /// `error.message`, or the beginning of a body that has no such thing.
    var message: String
    /// Whether the body had the shape of an error of this dialect.
    var isStructured = false

    init(_ body: Bytes, status: Int) {
        message = "http \(status)"
        guard let json = try? JSON.parse(body), json.kind == .object else {
            let plain = OpenAIError.plain(body)
            if !plain.isEmpty { message += ": \(plain)" }
            return
        }
        // {"error":{…}} (OpenAI), {"error":"…"} (Ollama), {"message":…} (vLLM, Mistral), {"detail":…} (FastAPI).
        let inner = json["error"].flatMap { $0.kind == .object ? $0 : nil } ?? json
        code = inner["code"].flatMap { $0.string ?? $0.int.map(String.init) }
        type = inner["type"]?.string
        let text = inner["message"]?.string ?? json["error"]?.string ?? json["message"]?.string
        let detail = json["detail"].map { $0.string ?? $0.raw.text }
        if let text = text ?? detail {
            message = OpenAIError.oneLine(text)
            isStructured = true
        } else if json["error"] != nil {
            message = OpenAIError.oneLine(json.raw.text)
            isStructured = true
        }
    }

    /// The readable beginning of a body that is not JSON: an HTML page without its tags.
    private static func plain(_ body: Bytes) -> String {
        var text = ""
        var isTag = false
        for character in body[0..<min(body.count, 2000)].text {
            if character == "<" { isTag = true }
            if !isTag { text.append(character) }
            if character == ">" { isTag = false }
        }
        return oneLine(text)
    }

    private static func oneLine(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        return words.count > 500 ? words.prefix(500) + "…" : words
    }
}
