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
}
