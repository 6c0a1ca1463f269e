import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The failures of the last run, and those of earlier ones that still hold: no run has come to their rows since.
///
/// ``OutputPaths/earlierErrors`` is there, if only empty, until a run has come to every row. Where it is not, what failed
/// before the last run was asked again by that.
package struct FailureFiles {
    private let paths: OutputPaths

    /// The failures beside an output.
    package init(_ paths: OutputPaths) {
        self.paths = paths
    }

    /// The files with what is known of rows that failed: of two failures of a row that in the first file is the later one.
    package var all: [String] { (FileStatus.of(paths.errors) == nil ? [] : [paths.errors]) + standing }

    /// The files with failures from before the present run, or the last, that hold for rows it has not come to.
    var standing: [String] {
        guard FileStatus.of(paths.earlierErrors) != nil else { return [] }
        return [paths.previousErrors, paths.earlierErrors].filter { FileStatus.of($0) != nil }
    }

    /// Sets the failures of the last run aside; the errors file of this run starts when there is one.
    ///
    /// A crash at any point of it loses none, and at worst leaves one twice.
    /// - Throws: ``SluiceError`` of code `io` or `disk`.
    func rotate(answerField: String) throws(SluiceError) {
        guard let status = FileStatus.ofLink(paths.errors) else { return }
        do throws(SystemError) {
            if status.size > 0 {
                try carry(Array(answerField.utf8))
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

    /// Forgets what failed before a run that has come to every row.
    /// - Parameter models: The models that it asked; none where rows are asked once. Failures of others hold.
    func settle(_ models: [String]) throws(SluiceError) {
        do throws(SystemError) {
            var isOfOthers = false
            for path in models.isEmpty ? [] : standing {
                try Self.read(path) { line in
                    guard !isOfOthers, let model = AskedModel.of(failure: line) else { return }
                    isOfOthers = !models.contains(model)
                }
            }
            guard !isOfOthers, FileStatus.of(paths.earlierErrors) != nil else { return }
            try Folder.remove(paths.earlierErrors)
            try Folder.sync(paths.state)
        } catch {
            throw error.stopping("settle", paths.earlierErrors, code: .disk)
        }
    }

    /// Keeps the failures that the last run has not replaced by others.
    private func carry(_ field: [UInt8]) throws(SystemError) {
        let former = standing
        let temporary = paths.earlierErrors + ".tmp"
        try Folder.remove(temporary)
        var carried = try AppendedFile(temporary, fresh: true)
        if !former.isEmpty {
            var replaced = FinishedRows()
            try Self.read(paths.errors) { line in
                if let key = Self.key(of: line, field) { replaced.insert(key) }
            }
            for path in former {
                try Self.read(path) { line throws(SystemError) in
                    // Without its row nobody finds a failure again.
                    guard let key = Self.key(of: line, field), !replaced.take(key) else { return }
                    try carried.appendLine(line)
                }
            }
        }
        try carried.finish()
        try Folder.rename(temporary, to: paths.earlierErrors)
        try Folder.sync(paths.state)
    }

    private static func key(of line: UnsafeBufferPointer<UInt8>, _ field: [UInt8]) -> RowHash? {
        RowContent.key(ofFailure: line, answerField: field)?.asked(of: AskedModel.of(failure: line))
    }

    private static func read(
        _ path: String, _ body: (UnsafeBufferPointer<UInt8>) throws(SystemError) -> Void
    ) throws(SystemError) {
        let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
        _ = try LineFile.read(file, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in false }) {
            line throws(SystemError) in
            guard !line.isTooLong, RowSyntax.defect(in: line.text, plainText: false) == nil else { return }
            try body(line.text)
        }
    }
}
