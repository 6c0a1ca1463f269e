internal import SluiceCore

/// Text that holds keys, as people write and paste it: by commas, blanks or lines; from `#` on a line is a comment.
struct KeyText {
    /// What it is called where nothing is in it.
    let name: String
    /// The file that it stands in; nil for a variable.
    let file: String?
    /// The line of the file; nil where the text is the whole file.
    let line: Int?

    /// The keys, each once; a byte order mark and straight quotes around a key are no part of it.
    /// - Throws: ``SluiceError`` that names file and line, and repeats nothing, if there is none or one cannot be a key.
    func keys(in text: String) throws(SluiceError) -> [Secret] {
        // Of the scalars, since a mark may be one character with what follows.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        var keys: [String] = []
        var seen: Set<String> = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            for word in line.split(whereSeparator: { $0 == "," || $0 == ";" || $0.isWhitespace }) {
                if word.hasPrefix("#") { break }
                let key = Self.unquoted(word)
                if let fault = Self.fault(in: key) {
                    throw SluiceError(
                        .configuration, "a key in \(name) \(fault.text)", hint: fault.hint, file: file,
                        line: self.line ?? (file == nil ? nil : index + 1))
                }
                if seen.insert(key).inserted { keys.append(key) }
            }
        }
        guard !keys.isEmpty else {
            throw SluiceError(.configuration, "there is no key in \(name)", file: line == nil ? nil : file, line: line)
        }
        return keys.map { Secret($0) }
    }

    private static func unquoted(_ word: Substring) -> String {
        for quote in ["\"", "'"] where word.count > 2 && word.hasPrefix(quote) && word.hasSuffix(quote) {
            return String(word.dropFirst().dropLast())
        }
        return String(word)
    }

    /// What shows that this is not a key alone; nil if nothing does.
    private static func fault(in key: String) -> (text: String, hint: String)? {
        if let scalar = key.unicodeScalars.first(where: { $0.value <= 0x20 || $0.value >= 0x7F }) {
            let code = String(scalar.value, radix: 16, uppercase: true)
            let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
            return (
                "has a character that no key has (\(name))", "curly quotes and invisible characters come with pasting"
            )
        }
        if key.contains("\"") || key.contains("'") { return ("has a quote in it", "write the key alone") }
        if key.lowercased() == "bearer" { return ("stands behind 'Bearer'", "write the key alone") }
        let parts = key.split(separator: "=", maxSplits: 1)
        if key.lowercased() == "export"
            || parts.count == 2 && isName(parts[0]) && parts[1].contains(where: { $0 != "=" })
        {
            return ("is written as a variable is set", "write the key alone, without a name and =")
        }
        return nil
    }

    /// Whether it is a name as variables have that hold keys: `OPENAI_API_KEY`, `api_key`.
    private static func isName(_ text: Substring) -> Bool {
        KeySource.isVariable(String(text)) && (text == text.uppercased() || text.lowercased().hasSuffix("key"))
    }
}
