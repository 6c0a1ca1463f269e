package import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder whose files are a row each: `{"id":"name","text":"content"}`, or the object that a `.json` file holds.
///
/// Files come in the order of their names, those in folders below it included; names that begin with a dot are passed
/// over.
package struct InputFolder: Sendable {
    private let path: String
    private let shard: Shard?

    init(_ path: String, shard: Shard? = nil) {
        self.path = path
        self.shard = shard
    }

    /// The names of the files, relative to the folder, in order.
    package static func names(_ path: String) throws(SluiceError) -> [String] {
        do throws(SystemError) {
            var found: [String] = []
            try list(path, "", into: &found)
            return found
        } catch {
            throw error.stopping("read", path)
        }
    }

    /// Whether a file of this name is a row of its own rather than a text.
    static func isObject(_ name: String) -> Bool { name.lowercased().hasSuffix(".json") }

    /// Reads every file; the number of a row is its place among the files, from 1.
    func read(lineLimit: Int, _ body: (Line) throws -> Void) throws {
        var number = 0
        for name in try Self.names(path) {
            number += 1
            try read(name, number, lineLimit, body)
        }
    }

    private func read(_ name: String, _ number: Int, _ lineLimit: Int, _ body: (Line) throws -> Void) throws {
        let found: [UInt8]?
        do {
            found = try Self.content(of: path + "/" + name, limit: lineLimit)
        } catch {
            throw error.stopping("read", path + "/" + name)
        }
        guard let content = found else {
            let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
            return try keep(
                Line(
                    number: number, offset: 0, text: none, count: lineLimit + 1, isTooLong: true, isTerminated: true),
                body)
        }
        let row = Self.row(name, content)
        try row.withUnsafeBufferPointer { row in
            try content.withUnsafeBufferPointer { source in
                try keep(
                    Line(
                        number: number, offset: 0, text: row, source: source, count: source.count, isTerminated: true,
                        fileName: name),
                    body)
            }
        }
    }

    private func keep(_ line: Line, _ body: (Line) throws -> Void) throws {
        guard shard?.holds(line) ?? true else { return }
        try body(line)
    }

    private static func row(_ name: String, _ content: [UInt8]) -> [UInt8] {
        if isObject(name), content.first(where: { !$0.isASCIIBlank }) == UInt8(ascii: "{") {
            // Line feeds inside strings are escapes, so those that are left stand between the tokens.
            return content.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        }
        var json = JSONBuilder(capacity: content.count + 64)
        json.beginObject()
        json.member("id", name)
        json.key("text")
        content.withUnsafeBufferPointer { json.value(utf8: $0) }
        json.endObject()
        return json.bytes
    }

    /// The content of a file; nil if it is too large to be a row.
    static func content(of path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        let file = try OpenFile(path, O_RDONLY)
        let size = try file.status().size
        guard size <= limit else { return nil }
        var content: [UInt8] = []
        content.reserveCapacity(size + 1)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try file.read(into: chunk)
            if count == 0 { return content }
            content.append(contentsOf: chunk[..<count])
            if content.count > limit { return nil }
        }
    }

    private static func list(_ path: String, _ prefix: String, into found: inout [String]) throws(SystemError) {
        var names = try Folder.names(path).filter { !$0.hasPrefix(".") }
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for name in names {
            switch FileStatus.of(path + "/" + name)?.kind {
            case .regular: found.append(prefix + name)
            // A link to a folder may lead back to this one.
            case .folder where FileStatus.ofLink(path + "/" + name)?.kind == .folder:
                try list(path + "/" + name, prefix + name + "/", into: &found)
            default: break
            }
        }
    }
}
