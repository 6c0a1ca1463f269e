import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Answers of earlier runs whose rows came again with the same id and other content, and were answered anew.
///
/// From a file such answers move away before the run. What a pipe asks is known once it has ended, and then the new answers
/// are in the output, too. An output is read twice to find them, and a third time to move them; twelve bytes are held
/// for each answer that no row of the pipe has asked about.
struct ReplacedAnswers {
    private let paths: OutputPaths
    /// Where the lines of this run begin.
    private let start: Int

    /// - Parameter start: the size of the output at the start of the run.
    init(_ paths: OutputPaths, start: Int) {
        self.paths = paths
        self.start = start
    }

    /// Moves them to the stale file, unless they are so many that it has to be asked for.
    /// - Parameters:
    ///   - untaken: the answers from before this run that no row of it has asked about.
    ///   - finished: how many answers there were at its start.
    /// - Returns: how many were moved, and how many stay beside newer answers because they are too many.
    func move(
        _ untaken: inout FinishedRows, finished: Int, isAllowed: Bool
    ) throws(SluiceError) -> (moved: Int, kept: Int) {
        guard untaken.count > 0 else { return (0, 0) }
        var replaced = try ids(of: &untaken)
        let count = replaced.count
        guard count > 0 else { return (0, 0) }
        if RedoGuard(finished: finished, stale: count).isExceeded, !isAllowed { return (0, count) }
        untaken.reset()
        let moved = try Superseded(paths).move { hash, line in
            guard line.offset < start, untaken.take(hash), let id = Self.id(of: line) else { return true }
            return !replaced.take(id)
        }
        return (moved.stale, 0)
    }

    /// The ids of answers that no row has asked about, and that another answer has, too.
    private func ids(of untaken: inout FinishedRows) throws(SluiceError) -> FinishedRows {
        var ids = FinishedRows()
        untaken.reset()
        try forEachAnswer { hash, line in
            if line.offset < start, untaken.take(hash), let id = Self.id(of: line) { ids.insert(id) }
        }
        guard ids.count > 0 else { return ids }
        untaken.reset()
        try forEachAnswer { hash, line in
            if line.offset < start, untaken.take(hash) { return }
            if let id = Self.id(of: line) { while ids.take(id) {} }
        }
        ids.dropUntaken()
        ids.reset()
        return ids
    }

    private func forEachAnswer(_ body: (RowHash, Line) -> Void) throws(SluiceError) {
        do {
            let file = try OpenFile(paths.answers, O_RDONLY | O_NOFOLLOW)
            _ = try LineFile.read(file, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in false }) { line in
                if !line.isTooLong, case .finished(let hash, _) = OutputLine(line.text) { body(hash, line) }
            }
        } catch {
            throw error.stopping("read", paths.answers)
        }
    }

    /// What stands for the id that an answer's line goes by, and the model that it was asked of.
    private static func id(of line: Line) -> RowHash? {
        var mark: JSON.Place?
        for member in MemberWalk(line.text) where member.isWritten("sluice", in: line.text) { mark = member }
        guard let mark else { return nil }
        var id: RowHash?
        for member in MemberWalk(line.text, at: mark.value.lowerBound) where member.isWritten("id", in: line.text) {
            id = RowIdentity(json: JSON(trusted: Bytes(Array(line.text[member.value])))).hash
        }
        return id.map { $0.asked(of: AskedModel.of(answer: line.text)) }
    }
}
