/// What an output looks like.
package struct OutputForm: Sendable, Equatable {
    /// The shape of the file.
    package enum Kind: String, Sendable, CaseIterable {
        /// The row, the answer and the run's own facts, a line for each answer.
        case rows
        /// The row and the answer, a line for each row.
        case jsonl
        /// One list of the rows with their answers.
        case json
        /// The table with one more column.
        case csv
        /// The same with tabs.
        case tsv
        /// What OpenAI's batch API gives back.
        case openaiBatch = "openai-batch"
        /// `[request, response, metadata]`, as the OpenAI cookbook's script writes it.
        case cookbook
        /// `{"index": "text"}`, as OpenAI-Parallel-Toolkit writes it.
        case toolkit
        /// The provider's replies.
        case raw
        /// A file for each row.
        case folder
    }

    /// The shape.
    package var kind: Kind
    /// Whether it is packed with gzip.
    package var isPacked = false
    /// Whether rows stand in the order of the input rather than that of their completion; all kinds but `rows` do.
    package var isOrdered = false
    /// Whether cells of a table that a spreadsheet would take for a formula get an apostrophe before them.
    package var guardsFormulas = false
    /// The column of a table, or the member, that says why a row has no answer.
    package var errorField: String?
    /// Members of a structured answer that become columns of their own.
    package var columns: [String] = []
    /// What is kept of an answer, `text`, `message` or `response`; nil where the kind keeps whole replies in any case, or
    /// where that is not known.
    package var save: String?

    /// A form without its options.
    package init(_ kind: Kind) { self.kind = kind }

    /// The form that a file's name suggests.
    package init(path: String) {
        var name = RealPath.split(path).name.lowercased()
        let isPacked = name.hasSuffix(".gz")
        if isPacked { name.removeLast(3) }
        let ending = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
        kind =
            switch ending {
            case "csv": .csv
            case "tsv", "tab": .tsv
            case "json": .json
            default: .rows
            }
        self.isPacked = isPacked
    }

    /// Whether the output itself can keep the answers, appended line by line.
    package var isDurable: Bool { kind == .rows && !isPacked && !isOrdered }

    /// Whether the provider's whole reply is needed.
    package var needsResponse: Bool { [.openaiBatch, .cookbook, .raw].contains(kind) }

    /// Whether the request as it was sent is needed.
    package var needsRequest: Bool { kind == .cookbook }

    /// What of the answers it shows, of those that a journal has as whole replies, too; nil for the answers as they are.
    var shownPart: String? { needsResponse ? nil : save }

    /// Whether it has columns, or members, beside the answer.
    package var hasColumns: Bool { [.jsonl, .json, .csv, .tsv].contains(kind) }

    /// Whether it calls rows by their ids alone.
    var namesRows: Bool { kind == .openaiBatch || kind == .toolkit }

    /// Whether it is a table.
    package var isTable: Bool { kind == .csv || kind == .tsv }

    /// Whether it can hold an answer of each of several models to a row.
    package var holdsModels: Bool { [.rows, .jsonl, .json, .csv, .tsv].contains(kind) }

    /// Whether rows without an answer appear.
    var showsEveryRow: Bool { [.jsonl, .json, .csv, .tsv, .toolkit].contains(kind) }
}
