internal import SluiceCore

/// What a run asks all its rows with: rows that were answered are not asked again for another model or other parameters.
struct AskedWith: Sendable, Equatable {
    /// The model as it was given; nil if rows name theirs.
    let model: String?
    /// The run's own parameters as a JSON object, in the order of their names.
    let parameters: Bytes

    init(_ asking: Asking) {
        model = asking.chainName ?? asking.model
        parameters = Self.object(asking.parameters)
    }

    /// What ``json`` or a manifest holds.
    init(_ json: JSON) {
        model = json["model"]?.string
        parameters = Self.object(json["parameters"]?.members.map { ($0.text, $0.value) } ?? [])
    }

    var json: Bytes {
        var json = JSONBuilder()
        json.beginObject()
        json.member("model", model)
        json.member("parameters", raw: parameters)
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
