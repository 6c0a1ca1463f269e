internal import SluiceCore

/// A prompt template: text with `{{column}}` placeholders.
///
/// The name is taken exactly, in any script, with its blanks.
struct Template: Sendable {
    private enum Part: Sendable {
        /// Text, escaped for the inside of a JSON string.
        case text(Bytes)
        case column(String)
    }

    private let parts: [Part]
    /// The columns that are asked for, each once, in order.
    let columns: [String]

    /// Reads a template.
    /// - Throws: ``SluiceError`` if it has no placeholder, or one without an end or a name.
    init(_ text: String) throws(SluiceError) {
        var parts: [Part] = []
        var columns: [String] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(ofPair: "{") {
            parts.append(.text(Template.escaped(rest[..<open])))
            let inside = rest[rest.index(open, offsetBy: 2)...]
            guard let close = inside.firstIndex(ofPair: "}") else {
                throw SluiceError(.configuration, "the prompt has '{{' without '}}'")
            }
            let name = String(inside[..<close])
            guard !name.isEmpty else { throw SluiceError(.configuration, "the prompt has an empty placeholder '{{}}'") }
            parts.append(.column(name))
            if !columns.contains(name) { columns.append(name) }
            rest = inside[inside.index(close, offsetBy: 2)...]
        }
        parts.append(.text(Template.escaped(rest)))
        guard !columns.isEmpty else {
            throw SluiceError(
                .configuration, "the prompt has no placeholder, so every row would ask the same",
                hint: "put a column's name in double braces, like {{text}}")
        }
        self.parts = parts
        self.columns = columns
    }

    /// The text as a JSON string with a row's columns in it.
    /// - Throws: ``Failure`` if the row lacks one of the columns.
    func fill(_ row: JSON) throws(Failure) -> Bytes {
        var values: [String: JSON] = [:]
        row.forEachMember { member in
            for column in columns where member.hasName(column) { values[column] = member.value }
        }
        var filled: [UInt8] = [UInt8(ascii: "\"")]
        for part in parts {
            switch part {
            case .text(let text):
                filled.append(text)
            case .column(let name):
                guard let value = values[name] else {
                    throw Failure(.final, code: "bad_row", message: "the row has no column '\(name)'")
                }
                if value.kind == .string {
                    filled.append(value.raw[1..<value.raw.count - 1])  // it is escaped already
                } else if !value.isNull {
                    filled.append(Template.escaped(Substring(value.raw.text)))
                }
            }
        }
        filled.append(UInt8(ascii: "\""))
        return Bytes(filled)
    }

    private static func escaped(_ text: Substring) -> Bytes {
        var json = JSONBuilder(capacity: text.utf8.count + 8)
        json.value(String(text))
        let quoted = Bytes(json.bytes)
        return quoted[1..<quoted.count - 1]
    }
}

extension Substring {
    /// Where a character stands twice in a row for the first time.
    fileprivate func firstIndex(ofPair character: Character) -> Index? {
        var previous: Index?
        for index in indices {
            guard self[index] == character else {
                previous = nil
                continue
            }
            if let previous { return previous }
            previous = index
        }
        return nil
    }
}
