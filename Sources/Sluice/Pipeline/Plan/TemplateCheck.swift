internal import SluiceCore

/// Holds a template, and flags that name a column, against the first rows before anything is sent: a column that none of
/// them has is a mistake.
struct TemplateCheck {
    /// How many rows are looked at.
    static let rows = 100

    private let columns: [String]
    private let fields: [(flag: String, column: String)]
    private var seen: [String] = []
    private var known: Set<String> = []
    private var lookedAt = 0
    private var objects = 0

    /// - Parameters:
    ///   - columns: What the placeholders name.
    ///   - fields: What flags name of rows that have members.
    init(_ columns: [String], fields: [(flag: String, column: String)] = []) {
        self.columns = columns
        self.fields = fields
    }

    /// Takes the columns of a row into account.
    mutating func look(at row: JSON?) {
        lookedAt += 1
        guard let row, row.kind == .object else { return note("text") }
        objects += 1
        row.forEachMember { note($0.text) }
    }

    private mutating func note(_ name: String) {
        if known.insert(name).inserted { seen.append(name) }
    }

    /// - Throws: ``SluiceError`` for the first placeholder or flag that names no column.
    func finish() throws(SluiceError) {
        guard lookedAt > 0 else { return }
        for column in columns where !known.contains(column) {
            let near = DidYouMean.nearest(to: column, among: seen).map { "did you mean {{\($0)}}?" }
            throw SluiceError(
                .configuration, "no column '\(column)' for the prompt's {{\(column)}}",
                hint: near ?? theirs)
        }
        for field in fields where objects > 0 && !known.contains(field.column) {
            let near = DidYouMean.nearest(to: field.column, among: seen).map { "did you mean '\($0)'?" }
            throw SluiceError(
                .configuration, "no column '\(field.column)', which \(field.flag) names", hint: near ?? theirs)
        }
    }

    private var theirs: String { "the rows have: \(seen.prefix(20).joined(separator: ", "))" }
}
