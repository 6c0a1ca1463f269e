internal import SluiceCore

/// Holds a template against the first rows before anything is sent: a column that none of them has is a mistake.
struct TemplateCheck {
    /// How many rows are looked at.
    static let rows = 100

    private let columns: [String]
    private var seen: [String] = []
    private var known: Set<String> = []
    private var lookedAt = 0

    init(_ columns: [String]) {
        self.columns = columns
    }

    /// Takes the columns of a row into account.
    mutating func look(at row: JSON?) {
        lookedAt += 1
        guard let row, row.kind == .object else { return note("text") }
        row.forEachMember { note($0.text) }
    }

    private mutating func note(_ name: String) {
        if known.insert(name).inserted { seen.append(name) }
    }

    /// - Throws: ``SluiceError`` for the first placeholder that names no column.
    func finish() throws(SluiceError) {
        guard lookedAt > 0 else { return }
        for column in columns where !known.contains(column) {
            let near = DidYouMean.nearest(to: column, among: seen).map { "did you mean {{\($0)}}?" }
            throw SluiceError(
                .configuration, "no column '\(column)' for the prompt's {{\(column)}}",
                hint: near ?? "the rows have: \(seen.prefix(20).joined(separator: ", "))")
        }
    }
}
