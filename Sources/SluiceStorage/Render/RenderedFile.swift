import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that takes the place of another one as a whole, packed or not.
struct RenderedFile {
    private var file: AppendedFile
    private let packer: GzipEncoder?
    private let name: String
    private var temporary: String { "\(path).\(name)" }
    private let path: String
    /// The bytes before they were packed.
    private(set) var count = 0

    /// Starts a new file beside the one whose place it is to take.
    /// - Parameter name: what it has behind the other's name until then; nobody else may use it at the same time.
    init(_ path: String, isPacked: Bool, name: String) throws(SluiceError) {
        self.path = path
        self.name = name
        let temporary = "\(path).\(name)"
        packer = isPacked ? try GzipEncoder() : nil
        do {
            try Folder.remove(temporary)
            file = try AppendedFile(temporary, fresh: true)
        } catch {
            throw error.stopping("write", temporary, code: .disk)
        }
    }

    /// Adds bytes.
    mutating func append(_ bytes: [UInt8]) throws(SluiceError) {
        count += bytes.count
        do {
            try bytes.withUnsafeBufferPointer { buffer throws(SystemError) in try add(buffer) }
        } catch {
            throw failure(error)
        }
    }

    /// Makes it durable and gives it its name.
    mutating func finish() throws(SluiceError) {
        do {
            try packer?.finish { packed throws(SystemError) in try file.append(packed) }
            try file.finish()
            try Folder.rename(temporary, to: path)
            try Folder.sync(RealPath.split(path).folder)
        } catch {
            throw failure(error)
        }
    }

    /// The same with the lines in another order: by where they begin now; nil for as they are.
    mutating func finishSorted(_ order: [Int]?, isPacked: Bool) throws(SluiceError) {
        let unsorted = temporary + "-unsorted"
        defer { try? Folder.remove(unsorted) }
        do {
            try file.finish()
            try Folder.rename(temporary, to: unsorted)
        } catch {
            throw failure(error)
        }
        var sorted = try RenderedFile(path, isPacked: isPacked, name: name)
        do throws(SluiceError) {
            try sorted.copy(unsorted, order)
            try sorted.finish()
        } catch {
            sorted.abandon()
            throw error
        }
    }

    private mutating func copy(_ path: String, _ order: [Int]?) throws(SluiceError) {
        do {
            let lines = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
            guard let order else {
                _ = try LineFile.read(lines, lineLimit: .max, shouldStop: { _ in false }) { line throws(SystemError) in
                    try add(line.text)
                    try addLineFeed()
                }
                return
            }
            for offset in order {
                let line = try lines.line(at: offset)
                try line.withUnsafeBufferPointer { bytes throws(SystemError) in try add(bytes) }
                try addLineFeed()
            }
        } catch {
            throw failure(error)
        }
    }

    private mutating func addLineFeed() throws(SystemError) {
        try [0x0A].withUnsafeBufferPointer { bytes throws(SystemError) in try add(bytes) }
    }

    /// Removes what was written so far.
    func abandon() { try? Folder.remove(temporary) }

    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) throws(SystemError) {
        guard let packer else { return try file.append(bytes) }
        try packer.encode(bytes) { packed throws(SystemError) in try file.append(packed) }
    }

    private func failure(_ error: SystemError) -> SluiceError {
        try? Folder.remove(temporary)
        return error.stopping("write", path, code: .disk)
    }
}
