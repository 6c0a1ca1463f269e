internal import SluiceCore

/// Where keys are kept: `env:NAME`, `file:PATH`, `cmd:COMMAND`, or themselves in a configuration file; nothing is looked up
/// before they are asked for.
struct KeySource {
    private enum Place {
        case text(Secret)
        case variable(String)
        case file(String)
        case command(String)
    }

    private let kind: Place
    private let file: String?
    private let line: Int?

    private init(_ place: Place, file: String? = nil, line: Int? = nil) {
        kind = place
        self.file = file
        self.line = line
    }

    /// What a configuration says of keys.
    /// - Throws: ``SluiceError`` where no variable can have the name; it is not repeated, as it may be the key itself.
    init(_ text: String, file: String?, line: Int?) throws(SluiceError) {
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst(4))
            guard Self.isVariable(name) else {
                throw SluiceError(
                    .configuration, "what stands behind env: is no name of a variable",
                    hint: "write env:OPENAI_API_KEY and export the key", file: file, line: line)
            }
            self.init(.variable(name), file: file, line: line)
        } else if text.hasPrefix("cmd:") {
            self.init(.command(String(text.dropFirst(4))), file: file, line: line)
        } else if text.hasPrefix("file:") {
            self.init(.file(String(text.dropFirst(5))), file: file, line: line)
        } else {
            self.init(.text(Secret(text)), file: file, line: line)
        }
    }

    /// The variable of `--api-key-env`.
    /// - Throws: ``SluiceError`` where no variable can have the name; it is not repeated, as it may be the key itself.
    init(variable name: String) throws(SluiceError) {
        guard Self.isVariable(name) else {
            throw SluiceError(
                .usage, "what --api-key-env names is no name of a variable",
                hint: "export the key, and name the variable: --api-key-env MY_KEY")
        }
        self.init(.variable(name))
    }

    /// A file of keys.
    init(path: String) { self.init(.file(path)) }

    /// A key as it is.
    init(_ key: Secret) { self.init(.text(key)) }

    /// The file that the keys are in; nil if they are elsewhere.
    var path: String? {
        guard case .file(let path) = kind else { return nil }
        return path
    }

    /// The line of a configuration file that it stands in; nil if it stands in none.
    var place: (file: String, line: Int)? { file.flatMap { file in line.map { (file, $0) } } }

    /// The keys: a variable, a file or the output of a command may hold several, by commas, blanks or lines.
    /// - Throws: ``SluiceError`` if there is no such variable or file, the command fails, or there is no key.
    /// - Parameter mayAsk: Whether a command may ask somebody at the terminal, as before a run.
    func keys(mayAsk: Bool = true) throws(SluiceError) -> [Secret] {
        switch kind {
        case .text(let key): return try KeyText(name: "the key", file: file, line: line).keys(in: key.reveal(\.self))
        case .variable(let name):
            // As long as a key, and in small letters: it may be one.
            let isTold = name.count <= 24 || name == name.uppercased()
            guard let value = ProcessEnvironment[name] else {
                throw SluiceError(
                    .configuration, isTold ? "the variable \(name) is not set" : "the variable is not set",
                    hint: isTold ? "export \(name)=…" : nil, file: file, line: line)
            }
            return try KeyText(name: isTold ? name : "the variable", file: file, line: line).keys(in: value)
        case .command(let command):
            let text = try KeyCommand.output(of: command, mayAsk: mayAsk, file: file, line: line)
            return try KeyText(name: "what the command for a key prints", file: file, line: line).keys(in: text)
        case .file(let path):
            // Neither with a folder nor with an ending, and as long as a key: it may be one.
            guard path.count <= 24 || path.contains(where: { $0 == "/" || $0 == "." }) || TextFile.exists(path) else {
                throw SluiceError(.io, "there is no such file of keys", file: file, line: line)
            }
            let text = try TextFile.read(path)
            if TextFile.isOpenToOthers(path) {
                Terminal.say("warning: \(path) can be read by others (chmod 600 \(path))")
            }
            return try KeyText(name: path, file: path, line: nil).keys(in: text)
        }
    }

    static func isVariable(_ name: String) -> Bool {
        name.utf8.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
