internal import Sluice
package import SluiceCore
package import SluiceSimulator
internal import Yams

/// A fault script for the simulated provider: a list of `{when: …, do: …, times: …}` (docs/fault-script.md).
///
/// Unknown words are errors with file and line; JSON is read by the same parser.
package struct FaultScriptFile {
    /// The rules in their order.
    package let rules: [FaultRule]

    /// Reads a file.
    /// - Throws: ``SluiceError`` that names file and line.
    package init(_ path: String) throws(SluiceError) {
        try self.init(yaml: TextFile.read(path), file: path)
    }

    /// Reads a rule as it is written on the command line: `rate=5%, key=0001: status 503, retry-after 2s`.
    /// - Throws: ``SluiceError`` that names the flag.
    package init(rule text: String) throws(SluiceError) {
        guard let colon = text.firstRange(of: ": ") ?? text.firstRange(of: ":") else {
            throw SluiceError(
                .usage, "--fault \"\(text)\" has no ':' between its condition and what is done",
                hint: "like --fault \"rate=5%: status 503\"")
        }
        func mapping(_ part: Substring, _ separator: Character) -> String {
            let pairs = part.split(separator: ",").map { pair in
                let words = pair.split(separator: separator, maxSplits: 1)
                let value = words.count > 1 ? String(words[1]) : "true"
                return "\(words.first ?? ""): \(value)"
            }
            return "{\(pairs.joined(separator: ", "))}"
        }
        let condition = mapping(text[..<colon.lowerBound], "=")
        let action = mapping(text[colon.upperBound...].drop { $0 == " " }, " ")
        do {
            try self.init(yaml: "[{when: \(condition), do: \(action)}]", file: nil)
        } catch {
            throw SluiceError(.usage, "--fault \"\(text)\": \(error.message)", hint: error.hint)
        }
    }

    /// Reads the text of a file.
    /// - Parameter file: Its name, for errors; nil for what is no file.
    /// - Throws: ``SluiceError`` that names file and line.
    package init(yaml: String, file: String?) throws(SluiceError) {
        let reader = FaultScriptReader(file: file)
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            let reason = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
            throw SluiceError(.configuration, "not valid yaml: \(reason)", file: file)
        }
        guard let root else { throw SluiceError(.configuration, "the fault script is empty", file: file) }
        guard let list = root.sequence else {
            throw reader.error("a fault script is a list", root, hint: "each rule begins with '- when:' or '- do:'")
        }
        var rules: [FaultRule] = []
        for node in list { rules.append(try reader.rule(node)) }
        self.rules = rules
    }
}
