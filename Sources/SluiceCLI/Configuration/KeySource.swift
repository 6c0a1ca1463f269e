internal import SluiceCore

/// Where a key is kept: `env:NAME`, `file:PATH`, `cmd:COMMAND`, or itself in a configuration file.
enum KeySource {
    /// The keys of a source: a variable or a file may hold several, by commas, blanks or lines.
    /// - Throws: ``SluiceError`` if there is no such variable or file, or nothing in it.
    static func keys(_ source: String, file: String? = nil, line: Int? = nil) throws(SluiceError) -> [Secret] {
        if source.hasPrefix("env:") {
            let name = String(source.dropFirst(4))
            guard let value = ProcessEnvironment[name] else {
                throw SluiceError(
                    .configuration, "the variable \(name) is not set", hint: "export \(name)=…", file: file, line: line)
            }
            return try split(value, name, file, line)
        }
        if source.hasPrefix("cmd:") {
            let text = try KeyCommand.output(of: String(source.dropFirst(4)), file: file, line: line)
            return try split(text, "what the command for a key prints", file, line)
        }
        if source.hasPrefix("file:") { return try keys(inFile: String(source.dropFirst(5))) }
        return try split(source, "the key", file, line)
    }

    /// The keys in a file; says so if others may read it.
    static func keys(inFile path: String) throws(SluiceError) -> [Secret] {
        let text = try TextFile.read(path)
        if TextFile.isOpenToOthers(path) {
            Terminal.say("warning: \(path) can be read by others (chmod 600 \(path))")
        }
        return try split(text, path, nil, nil)
    }

    /// The keys in a text: by commas, blanks or lines; lines that start with `#` are comments.
    static func split(_ text: String, _ name: String, _ file: String?, _ line: Int?) throws(SluiceError) -> [Secret] {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        let keys = lines.flatMap { $0.split { $0 == "," || $0 == ";" || $0.isWhitespace } }.map(String.init)
        guard !keys.isEmpty else {
            throw SluiceError(.configuration, "there is no key in \(name)", file: file, line: line)
        }
        var seen: Set<String> = []
        return keys.filter { seen.insert($0).inserted }.map { Secret($0) }
    }
}
