import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The folder beside an output that holds what a run must remember.
struct StateFolder {
    private let paths: OutputPaths
    /// Whether an earlier run has made it.
    let isKnown: Bool

    /// Makes the folder, for its owner only, unless it is there.
    init(_ paths: OutputPaths) throws(SluiceError) {
        self.paths = paths
        do throws(SystemError) {
            isKnown = try !Folder.create(paths.state)
        } catch {
            throw error.stopping("create", paths.state)
        }
    }

    /// Removes a folder that was made for nothing, because the output is somebody else's.
    func removeIfNew() {
        guard !isKnown else { return }
        unlink(paths.lock)
        rmdir(paths.state)
    }

    /// Sets the failures of the former run aside; the errors file of this run starts when there is one.
    func rotateErrors() throws(SluiceError) {
        guard let status = FileStatus.ofLink(paths.errors) else { return }
        do throws(SystemError) {
            if status.size > 0 {
                try Folder.rename(paths.errors, to: paths.previousErrors)
                try Folder.sync(paths.state)
            } else {
                try Folder.remove(paths.errors)
            }
            try Folder.sync(paths.folder)
        } catch {
            throw error.stopping("set aside", paths.errors, code: .disk)
        }
    }
}
