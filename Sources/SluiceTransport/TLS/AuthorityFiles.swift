internal import NIOSSL
internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The files and folders with the authorities that are to be trusted.
enum AuthorityFiles {
    /// What can be named, and how.
    static let hint = "--ca-file and SSL_CERT_FILE take a PEM file, SSL_CERT_DIR a folder of them"

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Looks whether anything in a file or folder can be trusted at all.
    /// - Throws: ``SluiceError`` that names it.
    static func check(_ path: String) throws(SluiceError) {
        guard access(path, R_OK) == 0 else {
            throw trouble(path, String(cString: strerror(errno)).lowercased())
        }
        if isFolder(path) {
            guard !hasHashes(path) else { return }
            throw trouble(
                path, "tls finds nothing in this folder, as no file is named after a hash",
                hint: "openssl rehash '\(path)' makes those names; or name one PEM file with all certificates")
        }
        let count = try? NIOSSLCertificate.fromPEMFile(path).count
        if count ?? 0 == 0 { throw trouble(path, "there is no certificate in it") }
    }

    private static func trouble(_ path: String, _ reason: String, hint: String = hint) -> SluiceError {
        SluiceError(.configuration, "cannot read certificates from '\(path)': \(reason)", hint: hint)
    }

    /// Whether a file of a folder has a name like `5ed36f99.0`, by which alone OpenSSL looks for an authority.
    private static func hasHashes(_ path: String) -> Bool {
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            if parts.count == 2, parts[0].utf8.count == 8, parts[0].allSatisfy(\.isHexDigit), Int(parts[1]) != nil {
                return true
            }
        }
        return false
    }
}
