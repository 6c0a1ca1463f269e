/// A second JSON parser, slow and plain, written from RFC 8259 alone: what the scanner is compared with.
///
/// It shares no code with the scanner: UTF-8 is checked by the standard library, escapes are resolved as UTF-16 code
/// units, and numbers are taken apart as text.
struct ReferenceJSON {
    indirect enum Value {
        case object([Member])
        case array([Node])
        case string(String)
        case number(String)
        case bool(Bool)
        case null
    }

    struct Node {
        let value: Value
        let range: Range<Int>
    }

    struct Member {
        let name: String
        let node: Node
        let range: Range<Int>
    }

    struct Invalid: Error {}

    private let bytes: [UInt8]
    private var at = 0

    /// The value that the bytes hold, or nil if they are not exactly one JSON value nested at most 128 deep.
    static func parse(_ bytes: [UInt8]) -> Node? {
        var parser = ReferenceJSON(bytes: bytes)
        guard let node = try? parser.value(containersAround: 0) else { return nil }
        parser.blanks()
        return parser.at == bytes.count ? node : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var current: Character? { at < bytes.count ? Character(Unicode.Scalar(bytes[at])) : nil }

    private mutating func blanks() {
        while let character = current, [" ", "\t", "\n", "\r"].contains(character) { at += 1 }
    }

    private mutating func expect(_ text: String) throws {
        guard bytes[at...].starts(with: text.utf8) else { throw Invalid() }
        at += text.utf8.count
    }

    private mutating func value(containersAround depth: Int) throws -> Node {
        blanks()
        let start = at
        let value: Value
        switch current {
        case "{": value = .object(try members(containersAround: depth))
        case "[": value = .array(try elements(containersAround: depth))
        case "\"": value = .string(try string())
        case "t":
            try expect("true")
            value = .bool(true)
        case "f":
            try expect("false")
            value = .bool(false)
        case "n":
            try expect("null")
            value = .null
        default: value = .number(try number())
        }
        return Node(value: value, range: start..<at)
    }

    private mutating func members(containersAround depth: Int) throws -> [Member] {
        if depth >= 128 { throw Invalid() }
        try expect("{")
        blanks()
        var found: [Member] = []
        while current != "}" {
            if !found.isEmpty { try expect(",") }
            blanks()
            let start = at
            let name = try string()
            blanks()
            try expect(":")
            let node = try value(containersAround: depth + 1)
            found.append(Member(name: name, node: node, range: start..<at))
            blanks()
        }
        try expect("}")
        return found
    }

    private mutating func elements(containersAround depth: Int) throws -> [Node] {
        if depth >= 128 { throw Invalid() }
        try expect("[")
        blanks()
        var found: [Node] = []
        while current != "]" {
            if !found.isEmpty { try expect(",") }
            found.append(try value(containersAround: depth + 1))
            blanks()
        }
        try expect("]")
        return found
    }

    private mutating func string() throws -> String {
        try expect("\"")
        let start = at
        while let character = current, character != "\"" { at += character == "\\" ? 2 : 1 }
        guard at < bytes.count, let text = String(validating: bytes[start..<at], as: UTF8.self) else { throw Invalid() }
        at += 1
        var units = Array(text.utf16)[...]
        var out: [UInt16] = []
        while let unit = units.popFirst() {
            guard unit >= 0x20 else { throw Invalid() }
            out.append(unit == 0x5C ? try escape(&units) : unit)
        }
        return String(decoding: out, as: UTF16.self)
    }

    private func escape(_ units: inout ArraySlice<UInt16>) throws -> UInt16 {
        let plain: [Character: UInt16] = [
            "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
        ]
        guard let unit = units.popFirst(), let letter = Unicode.Scalar(unit).map(Character.init) else {
            throw Invalid()
        }
        if let meaning = plain[letter] { return meaning }
        let digits = String(decoding: units.prefix(4), as: UTF16.self)
        guard letter == "u", digits.utf8.count == 4, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let value = UInt16(digits, radix: 16)
        else { throw Invalid() }
        units = units.dropFirst(4)
        return value
    }

    private mutating func number() throws -> String {
        let start = at
        while let character = current, "+-.0123456789eE".contains(character) { at += 1 }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        var rest = Substring(text)
        func takeDigits() throws -> Substring {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            if digits.isEmpty { throw Invalid() }
            rest = rest.dropFirst(digits.count)
            return digits
        }
        if rest.hasPrefix("-") { rest = rest.dropFirst() }
        let whole = try takeDigits()
        if whole.count > 1, whole.hasPrefix("0") { throw Invalid() }
        if rest.hasPrefix(".") {
            rest = rest.dropFirst()
            _ = try takeDigits()
        }
        if rest.hasPrefix("e") || rest.hasPrefix("E") {
            rest = rest.dropFirst()
            if rest.hasPrefix("+") || rest.hasPrefix("-") { rest = rest.dropFirst() }
            _ = try takeDigits()
        }
        guard rest.isEmpty else { throw Invalid() }
        return text
    }
}
