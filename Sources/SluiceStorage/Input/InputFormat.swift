/// How the bytes of an input are cut into rows.
package enum InputFormat: Sendable, Equatable {
    /// A row per line, each recognised by itself: JSON, or else plain text.
    case lines
    /// A prompt per line, also where a line looks like JSON.
    case text
    /// A table with a header line (RFC 4180); without a delimiter the header tells it.
    case table(delimiter: UInt8?)

    /// The formats by the names that the command line knows.
    package static let names = ["csv", "jsonl", "text", "tsv"]

    /// The format of that name; nil if there is none.
    package init?(name: String) {
        switch name {
        case "csv": self = .table(delimiter: nil)
        case "tsv", "tab": self = .table(delimiter: UInt8(ascii: "\t"))
        case "txt", "text": self = .text
        case "jsonl", "lines": self = .lines
        default: return nil
        }
    }

    /// The format that a file's name suggests; `.gz` behind it is passed over.
    package init(path: String) {
        var name = RealPath.split(path).name.lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        let ending = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
        self = InputFormat(name: ending) ?? .lines
    }

    /// The name of the format.
    package var name: String {
        switch self {
        case .lines: "jsonl"
        case .text: "text"
        case .table(delimiter: UInt8(ascii: "\t")): "tsv"
        case .table: "csv"
        }
    }

    /// Whether rows have named columns that are all texts.
    package var isTable: Bool { if case .table = self { true } else { false } }
}
