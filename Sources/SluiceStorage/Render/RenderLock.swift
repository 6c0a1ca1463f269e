import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sees to it that an output is made from its journal by one process at a time: a run at its end, or `sluice merge`.
final class RenderLock {
    private let file: OpenFile

    private init(_ file: OpenFile) {
        self.file = file
    }

    // Not by closing it alone: a child that is about to execute its program has a copy of the descriptor.
    deinit { flock(file.descriptor, LOCK_UN) }

    /// Takes the lock as soon as nobody else has it; blocks.
    /// - Parameter shouldStop: asked a hundred times a second while somebody has it.
    /// - Returns: the lock, or nil if `shouldStop` said so.
    /// - Throws: ``SluiceError`` of code `disk` if its file cannot be made.
    static func acquire(_ paths: OutputPaths, shouldStop: () -> Bool) throws(SluiceError) -> RenderLock? {
        do throws(SystemError) {
            let file = try OpenFile(paths.renderLock, O_RDWR | O_CREAT | O_NOFOLLOW)
            while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else { throw .last }
                if shouldStop() { return nil }
                usleep(10_000)
            }
            return RenderLock(file)
        } catch {
            throw error.stopping("lock", paths.renderLock, code: .disk)
        }
    }
}
