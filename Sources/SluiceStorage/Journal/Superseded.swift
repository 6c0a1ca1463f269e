import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Takes answers out of an output that no row of the input asks for any more, by one streaming rewrite.
///
/// What leaves the output is durable in the state folder before the new output takes the place of the old one, by a
/// rename: a crash at any point loses nothing, and at worst a line is in the stale file twice.
struct Superseded {
    /// How many lines were moved.
    struct Moved: Equatable {
        var stale = 0
        var torn = 0
    }

    private let paths: OutputPaths

    init(_ paths: OutputPaths) {
        self.paths = paths
    }

    /// Removes what a crash has left of an earlier rewrite; the output was not touched by it.
    func clean() throws(SluiceError) {
        do throws(SystemError) {
            try Folder.remove(paths.rewritten)
        } catch {
            throw error.stopping("remove", paths.rewritten)
        }
    }

    /// Keeps one line for each entry of `kept`, which is reset before and after; moves every other line away.
    func move(keeping kept: inout FinishedRows) throws(SluiceError) -> Moved {
        kept.reset()
        let moved = try rewrite { hash, _ in kept.take(hash) }
        guard kept.untaken == 0 else {
            try? Folder.remove(paths.rewritten)
            throw SluiceError(.invariant, "the output changed while it was read: \(paths.answers)")
        }
        try replace()
        kept.reset()
        return moved
    }

    /// Moves the answers away that a closure, asked about every line in turn, does not keep.
    func move(keeping isKept: (RowHash, Line) -> Bool) throws(SluiceError) -> Moved {
        let moved = try rewrite(isKept)
        try replace()
        return moved
    }

    private func replace() throws(SluiceError) {
        do throws(SystemError) {
            try Folder.rename(paths.rewritten, to: paths.answers)
            try Folder.sync(RealPath.split(paths.answers).folder)
        } catch {
            throw error.stopping("rewrite", paths.answers, code: .disk)
        }
    }

    private func rewrite(_ isKept: (RowHash, Line) -> Bool) throws(SluiceError) -> Moved {
        do throws(SystemError) {
            return try write(isKept)
        } catch {
            try? Folder.remove(paths.rewritten)
            throw error.stopping("rewrite", paths.answers, code: .disk)
        }
    }

    private func write(_ isKept: (RowHash, Line) -> Bool) throws(SystemError) -> Moved {
        var moved = Moved()
        let old = try OpenFile(paths.answers, O_RDONLY | O_NOFOLLOW)
        try Folder.remove(paths.rewritten)
        var new = try AppendedFile(paths.rewritten, fresh: true)
        try new.adopt(try old.status().mode)
        var stale: AppendedFile?
        var torn: AppendedFile?
        _ = try LineFile.read(old, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in false }) {
            line throws(SystemError) in
            switch OutputLine(line.text) {
            case .finished(let hash, _) where isKept(hash, line):
                try new.appendLine(line.text)
            case .torn:
                if torn == nil { torn = try TornPieces(paths).newFile() }
                try torn?.appendLine(line.text)
                moved.torn += 1
            case .foreign:
                // It came in since the output was read; the next run says which line it is.
                try new.appendLine(line.text)
            case .finished:
                if stale == nil { stale = try AppendedFile(paths.stale) }
                try stale?.appendLine(line.text)
                moved.stale += 1
            }
        }
        try stale?.finish()
        try torn?.finish()
        try Folder.sync(paths.state)
        try new.finish()
        return moved
    }
}
