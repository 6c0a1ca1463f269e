import Glibc
package import SluiceCore

/// Whole small files.
package enum TextFile {
    /// The file cannot be written.
    package struct Unwritable: Error {
        /// Where it was to be.
        package let path: String
    }

    /// Writes a text anew.
    package static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

    /// Writes bytes anew.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "wb") else { throw Unwritable(path: path) }
        let count = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, count == bytes.count else { throw Unwritable(path: path) }
    }

    /// The content; nothing if there is no such file.
    package static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    /// Whether there is such a file.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The lines that are not empty.
    package static func lines(_ path: String) throws -> [String] {
        read(path).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The lines as JSON objects.
    /// - Throws: `JSONError` for a line that is none.
    package static func objects(_ path: String) throws -> [JSON] {
        try lines(path).map { line in
            let json = try JSON.parse(Bytes(line))
            guard json.kind == .object else { throw JSONError("not an object", at: 0) }
            return json
        }
    }
}
