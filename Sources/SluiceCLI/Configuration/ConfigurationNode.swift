internal import Sluice
internal import SluiceCore
internal import Yams

/// A place in a configuration file; reads what should be there, or says with file and line what is wrong.
struct ConfigurationNode {
    /// The file, for messages.
    let path: String
    private let node: Node

    init(_ node: Node, path: String) {
        self.node = node
        self.path = path
    }

    /// The names and values here, in the file's order.
    /// - Throws: ``SluiceError`` for a name that is not known here, with the nearest one that is.
    func members(known: [String]) throws(SluiceError) -> [(name: String, value: ConfigurationNode)] {
        var found: [(name: String, value: ConfigurationNode)] = []
        for (name, value) in try entries() {
            guard known.contains(name.text) else {
                let near = DidYouMean.nearest(to: name.text, among: known)
                // A key that stands in the wrong place must not be shown.
                let isTold = near != nil || Self.isWord(name.text)
                throw name.node.error(
                    isTold ? "unknown name '\(name.text)'" : "unknown name",
                    hint: near.map { "did you mean '\($0)'?" } ?? "known here: \(known.joined(separator: ", "))")
            }
            found.append((name.text, value))
        }
        return found
    }

    /// Whether it is a name as the file has them, and too short for a key.
    private static func isWord(_ text: String) -> Bool {
        (1...24).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }

    /// Names of the user's choice and their values, in the file's order.
    func entries() throws(SluiceError) -> [(
        name: (text: String, node: ConfigurationNode), value: ConfigurationNode
    )] {
        guard let mapping = node.mapping else { throw error("expected names with values here") }
        return mapping.map { key, value in
            ((key.string ?? "", ConfigurationNode(key, path: path)), ConfigurationNode(value, path: path))
        }
    }

    /// Whether there are names with values here.
    var hasMembers: Bool { node.mapping != nil }

    func list(_ name: String) throws(SluiceError) -> [ConfigurationNode] {
        guard let sequence = node.sequence else { throw error("'\(name)' is not a list") }
        return sequence.map { ConfigurationNode($0, path: path) }
    }

    func text(_ name: String) throws(SluiceError) -> String {
        guard let text = node.scalar?.string, !text.isEmpty else { throw error("'\(name)' is not a text") }
        return text
    }

    /// An address that stands here.
    func baseURL(_ text: String) throws(SluiceError) -> BaseURL {
        do throws(SluiceError) { return try BaseURL(text) } catch { throw self.error(error.message, hint: error.hint) }
    }

    /// A text that may be empty or null.
    func textOrNothing(_ name: String) throws(SluiceError) -> String {
        guard let scalar = node.scalar else { throw error("'\(name)' is not a text") }
        return node.null != nil ? "" : scalar.string
    }

    func count(_ name: String, atLeast least: Double = 1) throws(SluiceError) -> Double {
        guard let number = Quantity.count(try text(name)), number >= least else {
            throw error(
                "'\(name)' is not a number of at least \(least == 1 ? "1" : "\(least)")", hint: "like 500, 200k or 1.5M"
            )
        }
        return min(number, Flags.mostExact)
    }

    func bytes(_ name: String) throws(SluiceError) -> Int {
        guard let count = Quantity.bytes(try text(name)), count >= 1 else {
            throw error("'\(name)' is not a size", hint: "like 500MB, 5GB or 1GiB")
        }
        return count
    }

    func flag(_ name: String) throws(SluiceError) -> Bool {
        switch try text(name) {
        case "true": return true
        case "false": return false
        default: throw error("'\(name)' is neither true nor false")
        }
    }

    func span(_ name: String) throws(SluiceError) -> TimeSpan {
        guard let span = Quantity.span(try text(name)), span > .zero else {
            throw error("'\(name)' is not a length of time", hint: "like 250ms, 1s or 10s")
        }
        return span
    }

    /// One of the words of a type.
    func choice<Word: RawRepresentable & CaseIterable>(_ name: String, _: Word.Type) throws(SluiceError) -> Word
    where Word.RawValue == String {
        let text = try text(name)
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue)
            let near = DidYouMean.nearest(to: text, among: words).map { "did you mean '\($0)'?" }
            throw error("'\(name)' cannot be '\(text)'", hint: near ?? "one of \(words.joined(separator: ", "))")
        }
        return word
    }

    var line: Int? { node.mark?.line }

    func error(_ message: String, hint: String? = nil) -> SluiceError {
        SluiceError(.configuration, message, hint: hint, file: path, line: line)
    }
}
