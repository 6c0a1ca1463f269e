import SluiceCore

/// Reads members out of an answer that is an object, or text that holds one.
enum StructuredAnswer {
    /// The members of these names, nil where there is none.
    static func members(_ names: [String], of row: RenderedRow) -> [(name: String, value: JSON?)] {
        guard !names.isEmpty else { return [] }
        let object = row.answer.flatMap(object)
        return names.map { ($0, object?[$0]) }
    }

    private static func object(_ answer: JSON) -> JSON? {
        if answer.kind == .object { return answer }
        guard let text = answer.string else { return nil }
        if let json = try? JSON.parse(Bytes(text)), json.kind == .object { return json }
        // Models like to put the object between fences or sentences.
        guard let open = text.utf8.firstIndex(of: UInt8(ascii: "{")),
            let close = text.utf8.lastIndex(of: UInt8(ascii: "}")), open < close,
            let json = try? JSON.parse(Bytes(String(text[open...close]))), json.kind == .object
        else { return nil }
        return json
    }
}
