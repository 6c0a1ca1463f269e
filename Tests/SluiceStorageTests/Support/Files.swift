import Glibc

/// The whole content of a file; nil if it is not there.
func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return content }
        content += buffer[..<count]
    }
}

/// The whole content of a text file; empty if it is not there.
func text(_ path: String) -> String { String(decoding: read(path) ?? [], as: UTF8.self) }

/// The lines of a text file, cut at line feeds; the last must end with one.
func lines(_ path: String) -> [String] {
    let content = text(path)
    return content.isEmpty
        ? [] : content.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

/// Writes a file anew.
func write(_ content: [UInt8], to path: String) {
    guard let file = fopen(path, "wb") else { fatalError("cannot write \(path)") }
    fwrite(content, 1, content.count, file)
    fclose(file)
}

/// Writes a text file anew.
func write(_ content: String, to path: String) { write(Array(content.utf8), to: path) }

/// The permission bits of a file; nil if it is not there.
func mode(_ path: String) -> UInt32? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
