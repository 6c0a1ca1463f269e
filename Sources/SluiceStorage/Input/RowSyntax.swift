package import SluiceCore

/// Tells rows from lines that cannot be one.
///
/// A line whose first byte behind blanks is `{`, `[` or `"` must be JSON; any other line is a plain text row, numbers
/// and bare words included. Text that is not UTF-8 is no row.
package enum RowSyntax {
    /// What is wrong with a line, or nil if it is a row; without `plainText` only JSON counts.
    package static func defect(in bytes: Bytes, plainText: Bool) -> String? {
        bytes.withUnsafeBytes { defect(in: $0, plainText: plainText) }
    }

    static func defect(in text: UnsafeBufferPointer<UInt8>, plainText: Bool) -> String? {
        let scanner = JSONScanner(text)
        let start = scanner.blanks(0)
        guard start < text.count else { return "the line is blank" }
        guard isJSON(text[start]) else {
            if !plainText { return "not a JSON object, array or string" }
            return isUTF8(text) ? nil : "not valid UTF-8" + LegacyText.advice(text)
        }
        do throws(JSONError) {
            let end = scanner.blanks(try scanner.validate(start))
            return end == text.count ? nil : "not valid JSON: unexpected text after the value at byte \(end)"
        } catch {
            guard isUTF8(text) else { return "not valid UTF-8" + LegacyText.advice(text) }
            return "not valid JSON: \(error)"
        }
    }

    /// Whether a row that starts with this byte is JSON rather than plain text.
    package static func isJSON(_ first: UInt8) -> Bool {
        first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\"")
    }

    static func isUTF8(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        do {
            _ = try UTF8Span(validating: text.span)
            return true
        } catch {
            return false
        }
    }
}
