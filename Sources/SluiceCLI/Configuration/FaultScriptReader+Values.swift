internal import Sluice
internal import SluiceCore
internal import SluiceSimulator
internal import Yams

extension FaultScriptReader {
    func members(of node: Node, known: [String]) throws(SluiceError) -> [(String, Node)] {
        guard let mapping = node.mapping else { throw error("expected names with values here", node) }
        var found: [(String, Node)] = []
        for (key, value) in mapping {
            let name = key.string ?? ""
            guard known.contains(name) else { throw unknown("word", name, key, among: known) }
            found.append((name, value))
        }
        return found
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String>>(
        _ node: Node, _ name: String, among words: [Word]
    ) throws(SluiceError) -> Word {
        let chosen = try choice(node, name, among: words.map(\.rawValue))
        guard let word = words.first(where: { $0.rawValue == chosen }) else {
            throw unknown("\(name)", chosen, node, among: words.map(\.rawValue))
        }
        return word
    }

    func choice(_ node: Node, _ name: String, among words: [String]) throws(SluiceError) -> String {
        let text = try text(node, name)
        guard words.contains(text) else { throw unknown(name, text, node, among: words) }
        return text
    }

    func text(_ node: Node, _ name: String) throws(SluiceError) -> String {
        let text = try string(node, name)
        guard !text.isEmpty else { throw error("'\(name)' is empty", node) }
        return text
    }

    /// A text that may be empty.
    func string(_ node: Node, _ name: String) throws(SluiceError) -> String {
        guard let text = node.scalar?.string else { throw error("'\(name)' is not a text", node) }
        return text
    }

    func whole(_ node: Node, _ name: String, in range: ClosedRange<Int>) throws(SluiceError) -> Int {
        let text = try text(node, name)
        guard let number = Int(text), range.contains(number) else {
            let upper = range.upperBound == .max ? "up" : "to \(range.upperBound)"
            throw error("'\(name)' is not a whole number from \(range.lowerBound) \(upper): \(text)", node)
        }
        return number
    }

    /// `7`, `5..9`, or `5+` for all from the fifth on.
    func range(_ node: Node, _ name: String) throws(SluiceError) -> ClosedRange<Int> {
        let text = try text(node, name)
        let parts = text.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
        let open = text.last == "+" ? Int(text.dropLast()) : nil
        let found: ClosedRange<Int>? =
            if let open, open >= 1 {
                open...Int.max
            } else if let first = parts[0], first >= 1, parts.count <= 2, let last = parts[parts.count - 1],
                last >= first
            {
                first...last
            } else {
                nil
            }
        guard let found else {
            throw error("'\(name)' is not a number of requests: \(text)", node, hint: "like 7, 5..9 or 5+")
        }
        return found
    }

    /// `5%` or `0.05`.
    func fraction(_ node: Node, _ name: String) throws(SluiceError) -> Double {
        let number = try factor(node, name)
        guard number <= 1 else { throw error("'\(name)' is more than 100%", node) }
        return number
    }

    func factor(_ node: Node, _ name: String) throws(SluiceError) -> Double {
        let text = try text(node, name)
        let number = text.last == "%" ? Quantity.count(String(text.dropLast())).map { $0 / 100 } : Quantity.count(text)
        guard let number, number > 0 else {
            throw error("'\(name)' is not a part of one: \(text)", node, hint: "like 5% or 0.05")
        }
        return number
    }

    func span(_ node: Node, _ name: String) throws(SluiceError) -> TimeSpan {
        let text = try text(node, name)
        guard let span = Quantity.span(text) else {
            throw error("'\(name)' is not a length of time: \(text)", node, hint: "like 250ms, 30s or 10m")
        }
        return span
    }

    /// A span with a sign, `+1h` or `-90s`.
    func skew(_ node: Node) throws(SluiceError) -> TimeSpan {
        let text = try text(node, "clock")
        guard let sign = text.first, sign == "+" || sign == "-", let span = Quantity.span(String(text.dropFirst()))
        else { throw error("'clock' is not a time with a sign: \(text)", node, hint: "like +1h or -90s") }
        return sign == "-" ? TimeSpan(nanoseconds: -span.nanoseconds) : span
    }

    func bytes(_ node: Node, _ name: String) throws(SluiceError) -> Int {
        let text = try text(node, name)
        guard let bytes = Quantity.bytes(text), bytes >= 1, bytes <= 1 << 40 else {
            throw error("'\(name)' is not a number of bytes: \(text)", node, hint: "like 50MB, 64KiB or 1GiB")
        }
        return bytes
    }

    /// A number of bytes with a sign.
    func change(_ node: Node, _ name: String) throws(SluiceError) -> Int {
        let text = try text(node, name)
        guard let sign = text.first, sign == "+" || sign == "-", let bytes = Quantity.bytes(String(text.dropFirst())),
            (1...1 << 40).contains(bytes)
        else { throw error("'\(name)' is not a number of bytes with a sign: \(text)", node, hint: "like +100 or -7") }
        return sign == "-" ? -bytes : bytes
    }

    func error(_ message: String, _ node: Node, hint: String? = nil) -> SluiceError {
        SluiceError(.configuration, message, hint: hint, file: file, line: file == nil ? nil : node.mark?.line)
    }

    private func unknown(_ kind: String, _ name: String, _ node: Node, among known: [String]) -> SluiceError {
        let near = DidYouMean.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
        return error("unknown \(kind) '\(name)'", node, hint: near ?? "known here: \(known.joined(separator: ", "))")
    }
}
