import Crypto
import SluiceCore

/// An answer in an output that another tool wrote, and by what its row is recognised.
struct ForeignAnswer {
    /// What a tool writes.
    enum Shape: Equatable {
        /// OpenAI-Parallel-Toolkit: `{"index": "text"}`.
        case toolkit
        /// OpenAI's batch API.
        case batch
        /// The OpenAI cookbook's script: `[request, response, metadata]`.
        case cookbook
        /// GPTWrapper: `{"system_prompt", "prompt", "response"}`.
        case wrapper
        /// The row with a field for the answer.
        case rows
        /// A table of such rows.
        case table
        /// One list of such rows.
        case list

        /// Whether its lines are rows, which a run of ours may have written, too.
        var holdsRows: Bool { self == .rows || self == .table || self == .list }

        /// The shape of an output of this kind; nil for one that nobody can have written.
        init?(_ kind: OutputForm.Kind) {
            switch kind {
            case .toolkit: self = .toolkit
            case .openaiBatch: self = .batch
            case .cookbook: self = .cookbook
            case .csv, .tsv: self = .table
            case .json: self = .list
            case .jsonl, .rows: self = .rows
            case .raw, .folder: return nil
            }
        }
    }

    /// The key of the row, for the model that was asked, where rows are asked of several.
    let key: RowHash
    /// The model that was asked, where rows are asked of several.
    var asked: String?
    /// The answer as the journal keeps it.
    let answer: JSON

    /// Reads the line of an output; nil for one without an answer.
    /// - Throws: ``JSONError`` if the line is not of this kind at all.
    static func all(in line: JSON, _ shape: Shape, _ options: StartOptions) throws(JSONError) -> [ForeignAnswer] {
        switch shape {
        case .toolkit:
            // A line for each row, or one object for all of them.
            guard line.kind == .object else { throw JSONError("not an object", at: 0) }
            let members = line.members
            guard members.allSatisfy({ $0.value.kind == .string || $0.value.isNull }) else {
                throw JSONError("not a text", at: 0)
            }
            return members.filter { !$0.value.isNull }.map {
                ForeignAnswer(key: key(ofID: $0.text), answer: $0.value)
            }
        case .batch:
            guard let id = line["custom_id"]?.string, line["response"] != nil || line["error"] != nil else {
                throw JSONError("no line of a batch", at: 0)
            }
            guard line["response"]?["status_code"]?.int == 200, let body = line["response"]?["body"] else { return [] }
            return [ForeignAnswer(key: key(ofID: id), answer: body)]
        case .cookbook:
            let parts = line.elements
            guard (2...4).contains(parts.count), parts[0].kind == .object else {
                throw JSONError("not request and response", at: 0)
            }
            // After its last attempt the script writes a list of errors in the place of the response.
            guard parts[1].kind == .object, parts[1]["error"].map(\.isNull) ?? true else { return [] }
            return [ForeignAnswer(key: key(ofRequest: parts[0]), answer: parts[1])]
        case .wrapper:
            guard let answer = line["response"], line["prompt"] != nil else {
                throw JSONError("no prompt and response", at: 0)
            }
            return answer.isNull ? [] : [ForeignAnswer(key: key(ofPrompt: line), answer: answer)]
        case .rows, .table, .list:
            guard line.kind == .object, let answer = line[options.answerField] else {
                throw JSONError("no field '\(options.answerField)'", at: 0)
            }
            // What a run of ours has added to the row beside its answer.
            var added = Set(options.form.columns + [options.answerField])
            if let field = options.form.errorField { added.insert(field) }
            var asked: String?
            if !options.models.isEmpty {
                guard let model = line[AskedModel.member.description]?.string else {
                    throw JSONError("no model", at: 0)
                }
                added.insert(AskedModel.member.description)
                asked = model
            }
            guard !answer.isNull, answer.string != "" else { return [] }
            let key = key(ofRow: line, without: added).asked(of: asked)
            return [ForeignAnswer(key: key, asked: asked, answer: answer)]
        }
    }

    /// The key of a row of the input, for answers of this kind; nil if it cannot be recognised.
    static func key(of row: JSON, _ shape: Shape, answerField: String) -> RowHash? {
        switch shape {
        case .toolkit, .batch: RowIdentity.of(row).map { key(ofID: $0.text) }
        case .cookbook: key(ofRequest: row)
        case .wrapper: row["prompt"] == nil ? nil : key(ofPrompt: row)
        case .rows, .table, .list: key(ofRow: row, without: [answerField])
        }
    }

    private static func key(ofID id: String) -> RowHash { RowHash(SHA256.hash(data: Array("id:\(id)".utf8))) }

    private static func key(ofRequest request: JSON) -> RowHash {
        RowHash(SHA256.hash(data: CanonicalJSON.bytes(request, without: ["metadata"])))
    }

    /// The prompt and what stands before it; other members are none of the tool's.
    private static func key(ofPrompt row: JSON) -> RowHash {
        let parts = [row["system_prompt"], row["prompt"]].map { part in
            part.flatMap { $0.isNull ? nil : CanonicalJSON.bytes($0) } ?? Array("null".utf8)
        }
        return RowHash(SHA256.hash(data: parts[0] + [0x0A] + parts[1]))
    }

    private static func key(ofRow row: JSON, without names: Set<String>) -> RowHash {
        RowHash(SHA256.hash(data: CanonicalJSON.bytes(row, without: names.union(["sluice"]))))
    }
}
