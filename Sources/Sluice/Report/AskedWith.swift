internal import SluiceCore

/// What a run asks all its rows with: rows that were answered are not asked again for another model, endpoint or other
/// parameters.
struct AskedWith: Sendable, Equatable {
    /// The model as it was given; nil if rows name theirs.
    let model: String?
    /// The run's own parameters as a JSON object, in the order of their names.
    let parameters: Bytes
    /// The endpoint that all rows go to, if it is another than that of chats; nil if each goes to that of its shape.
    let endpoint: String?

    init(_ asking: Asking) {
        model = asking.chainName ?? asking.model
        parameters = Self.object(asking.parameters)
        endpoint = asking.endpoint.flatMap { $0 == .chat ? nil : $0.rawValue }
    }

    /// What ``json`` or a manifest holds.
    init(_ json: JSON) {
        model = json["model"]?.string
        parameters = Self.object(json["parameters"]?.members.map { ($0.text, $0.value) } ?? [])
        endpoint = json["endpoint"]?.string
    }

    var json: Bytes { object { _ in } }

    /// The same with what is kept of the answers: to ask all again for more of them is another thing.
    func json(saving save: Save, requests: Bool) -> Bytes {
        object { json in
            json.member("save", save.rawValue)
            if requests { json.member("requests", true) }
        }
    }

    private func object(_ more: (inout JSONBuilder) -> Void) -> Bytes {
        var json = JSONBuilder()
        json.beginObject()
        json.member("model", model)
        json.member("parameters", raw: parameters)
        json.member("endpoint", endpoint)
        more(&json)
        json.endObject()
        return Bytes(json.bytes)
    }

    private static func object(_ parameters: [(name: String, value: JSON)]) -> Bytes {
        var json = JSONBuilder()
        json.beginObject()
        for (name, value) in parameters.sorted(by: { $0.name < $1.name }) { json.member(name, raw: value.raw) }
        json.endObject()
        return Bytes(json.bytes)
    }
}
