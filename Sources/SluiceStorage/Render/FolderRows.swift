import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `folder`: a file for each answered row, under the name of the file that the row came from.
///
/// A text row's file holds the answer; that of a `.json` file holds the row with its answer. A file that holds this
/// already is not written again.
struct FolderRows {
    private let path: String
    private let answerField: String

    init(_ path: String, answerField: String) {
        self.path = path
        self.answerField = answerField
    }

    func append(_ row: RenderedRow) throws(SluiceError) {
        guard let name = row.fileName, row.answer != nil else { return }
        var content = Array((row.answerText ?? "").utf8)
        if InputFolder.isObject(name) {
            var plain = PlainRows(OutputForm(.jsonl), answerField: answerField)
            content = []
            plain.append(row, to: &content)
        }
        let target = path + "/" + name
        do throws(SystemError) {
            if let present = FileStatus.of(target), present.size == content.count,
                try InputFolder.content(of: target, limit: content.count) == content
            {
                return
            }
            try makeFolders(of: target)
            try replace(target, content)
        } catch {
            throw error.stopping("write", target, code: .disk)
        }
    }

    /// Not synced one by one: the journal has the answers, and a file that is cut off is written again.
    private func replace(_ target: String, _ content: [UInt8]) throws(SystemError) {
        let temporary = target + ".sluice-new"
        try Folder.remove(temporary)
        let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        guard fchmod(file.descriptor, 0o600) == 0 else { throw .last }
        try content.withUnsafeBufferPointer { bytes throws(SystemError) in
            try file.write(UnsafeRawBufferPointer(bytes))
        }
        try Folder.rename(temporary, to: target)
    }

    private func makeFolders(of target: String) throws(SystemError) {
        let folder = RealPath.split(target).folder
        if FileStatus.of(folder)?.kind == .folder { return }
        if folder.count > path.count { try makeFolders(of: folder) }
        _ = try Folder.create(folder)
    }
}
