package import SluiceCore

/// The request side of OpenAI's dialect, which most providers speak (PROVIDERS.md §1.2, §1.5, §1.7).
package enum OpenAIRequest {
    /// The path below the base URL.
    package static func path(_ endpoint: Request.Endpoint) -> String {
        switch endpoint {
        case .chat: "/chat/completions"
        case .completions: "/completions"
        case .embeddings: "/embeddings"
        }
    }

    /// The endpoint of a batch line's `url` or of a full endpoint URL; nil if it is none of ours.
    package static func endpoint(ofPath path: String) -> Request.Endpoint? {
        // `/chat/completions` ends in `/completions` too, so it is looked at first.
        [Request.Endpoint.chat, .completions, .embeddings].first { path.hasSuffix(self.path($0)) }
    }

    /// The headers that carry a key; none for a server that wants none.
    package static func headers(key: String?, organisation: String? = nil) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let key { headers.append((name: "authorization", value: "Bearer \(key)")) }
        if let organisation { headers.append((name: "openai-organization", value: organisation)) }
        return headers
    }

    /// The body of a request: model, question, then the parameters byte for byte.
    package static func body(_ request: Request) -> Bytes {
        var json = JSONBuilder(capacity: request.question.count + request.parameters.count + 64)
        json.beginObject()
        json.key("model")
        json.value(request.model)
        json.key(request.endpoint.field)
        json.raw(request.question)
        json.rawMembers(request.parameters)
        json.endObject()
        return Bytes(json.bytes)
    }

    /// A body that ``body(_:)`` made, with another name of the model.
    package static func renaming(_ body: Bytes, from old: String, to new: String) -> Bytes {
        var former = JSONBuilder()
        former.value(old)
        var name = JSONBuilder()
        name.value(new)
        let start = #"{"model":"#.utf8.count
        var renamed = body[0..<start].array
        renamed += name.bytes
        renamed.append(body[(start + former.bytes.count)..<body.count])
        return Bytes(renamed)
    }
}
