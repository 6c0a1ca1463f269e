package import SluiceCore

/// What `--redo-all` of a run asks for again: whose answers, and with what.
package struct Redo: Sendable, Equatable {
    /// The models that it is about; none where rows are asked once, which is about all answers.
    let models: [String]
    /// What the rows are asked with, and where their answers go, as JSON: another redo if it differs.
    let way: Bytes

    /// - Parameters:
    ///   - models: the models that every row is asked of; none where each is asked once.
    ///   - askedWith: what the run asks all rows with, as JSON.
    ///   - answerField: the field that answers are written to.
    ///   - shard: the part of the rows that is asked.
    package init(models: [String], askedWith: Bytes, answerField: String, shard: Shard?) {
        self.models = models
        let part = shard ?? .whole
        var json = JSONBuilder(capacity: askedWith.count + 64)
        json.beginObject()
        json.member("asked_with", raw: askedWith)
        json.member("into", answerField)
        json.member("shard", part.index)
        json.member("shards", part.count)
        json.endObject()
        way = Bytes(json.bytes)
    }

    /// Whom rows are asked of: the models, or nil where each is asked once.
    var asked: [String?] { models.isEmpty ? [nil] : models }

    /// Whether it is about the answers of a model; nil stands for rows that were asked once.
    func concerns(_ model: String?) -> Bool {
        models.isEmpty || model.map(models.contains) ?? true
    }
}
