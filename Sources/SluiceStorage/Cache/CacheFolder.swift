import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The folder of a cache, with its database.
///
/// Whoever comes first is alone with the database and puts it in order; who has it alone may set it aside, too.
final class CacheFolder: Sendable {
    let path: String
    private let file: DatabaseFile
    private let steps: [String]

    /// The database.
    var database: String { file.path }

    /// Opens the folder, makes what is missing, and puts the database in order if nobody else has it open.
    /// - Parameter onNote: Called with what people should know.
    /// - Throws: ``SluiceError`` of code `configuration` or `io`.
    init(_ path: String, steps: [String] = CacheSchema.steps, onNote: (String) -> Void) throws(SluiceError) {
        self.path = path
        self.steps = steps
        do {
            try Self.makeFolder(path)
            guard !FileSystem.isNetwork(path) else {
                throw SluiceError(
                    .configuration, "the cache \(path) is on a network file system, where processes cannot share it",
                    hint: "name a folder on a disk of this machine with --cache-dir")
            }
            file = try DatabaseFile(path + "/cache.db", lock: path + "/cache.lock")
            try prepare(isAlone: try file.enter(), onNote)
            try file.share()
        } catch let error as SluiceError {
            throw error
        } catch let error as SystemError {
            throw error.stopping("use the cache", path)
        } catch {
            throw SluiceError(.io, "cannot use the cache \(path): \(CacheFault(error).text)")
        }
    }

    /// Puts a new database in the place of a damaged one, if nobody else has it open; returns whether it did.
    ///
    /// Nothing of this process may have it open either.
    func replaceIfAlone(_ fault: CacheFault, onNote: (String) -> Void) throws(CacheFault) -> Bool {
        try CacheFault.catching { try file.whileAlone { try replace(fault, onNote) } != nil }
    }

    /// Leaves the folder to others: nothing of this process has the database open any more.
    func leave() { file.leave() }

    private func prepare(isAlone: Bool, _ onNote: (String) -> Void) throws {
        guard !CacheDatabase.isForeign(database) else { throw foreign }
        if isAlone { try file.make() }
        // After a process that closed the cache there is no log.
        let isUnclean = isAlone && (FileStatus.of(file.log)?.size ?? 0) > 0
        do throws(CacheFault) {
            try prepareDatabase(isAlone: isAlone, checks: isUnclean)
        } catch {
            switch error.kind {
            case .damaged where isAlone: try replace(error, onNote)
            case .foreign: throw foreign
            case .newer:
                throw SluiceError(
                    .configuration, "\(database): \(error.text)", hint: "update sluice, or name another --cache-dir")
            case .older:
                throw SluiceError(
                    .configuration, "\(database): \(error.text)",
                    hint: "wait until that has ended, or name another --cache-dir")
            case .damaged, .busy, .disk: throw error
            }
        }
    }

    private var foreign: SluiceError {
        SluiceError(
            .configuration, "\(database) is not a cache of sluice", hint: "name another folder with --cache-dir")
    }

    private func replace(_ fault: CacheFault, _ onNote: (String) -> Void) throws {
        let name = try file.setAside()
        onNote("the cache was damaged (\(fault.text)); it is now \(name), and a new one is begun")
        try file.make()
        try prepareDatabase(isAlone: true, checks: false)
    }

    private func prepareDatabase(isAlone: Bool, checks: Bool) throws(CacheFault) {
        let database = try CacheDatabase(database)
        defer { database.close() }
        try database.prepare(isAlone: isAlone, checks: checks, steps: steps)
    }

    /// Makes the folder, and those that lead to it, for their owner only.
    private static func makeFolder(_ path: String) throws(SystemError) {
        if FileStatus.of(path)?.kind == .folder { return }
        let parent = RealPath.split(path).folder
        if FileStatus.of(parent) == nil { try makeFolder(parent) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last }
        guard FileStatus.of(path)?.kind == .folder else { throw SystemError(number: ENOTDIR) }
    }
}
