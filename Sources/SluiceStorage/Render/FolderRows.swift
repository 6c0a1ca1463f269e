import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `folder`: a file for each answered row, under the name of the file that the row came from.
///
/// A text row's file holds the answer; that of a `.json` file holds the row with its answer. A file that holds this
/// already is not written again; one that holds something else is moved to a folder of its own first.
struct FolderRows {
    private let path: String
    private let replaced: String
    private let answerField: String

    /// - Parameter replaced: where files go that are in the way.
    init(_ path: String, replaced: String, answerField: String) {
        self.path = path
        self.replaced = replaced
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
            if let present = FileStatus.ofLink(target), present.size > 0 {
                if present.kind == .regular, present.size == content.count,
                    try InputFolder.content(of: target, limit: content.count) == content
                {
                    return
                }
                try setAside(target, name)
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

    /// What somebody else wrote, or an answer to another version of the row, is kept under its name and a number.
    private func setAside(_ target: String, _ name: String) throws(SystemError) {
        let kept = Self.free("\(replaced)/\(name).")
        try makeFolders(of: kept)
        do throws(SystemError) {
            try Folder.rename(target, to: kept)
        } catch {
            guard error.number == EXDEV else { throw error }
            // The folder is on a file system of its own. A name beside the file needs no copy that could be half there,
            // and one with a dot is no row if the folder is an input.
            let (folder, file) = RealPath.split(target)
            try Folder.rename(target, to: Self.free("\(folder)/.\(file).sluice-replaced-"))
        }
    }

    /// The name with the first number that is free.
    private static func free(_ name: String) -> String {
        var number = 1
        while FileStatus.ofLink("\(name)\(number)") != nil { number += 1 }
        return "\(name)\(number)"
    }

    private func makeFolders(of target: String) throws(SystemError) {
        let folder = RealPath.split(target).folder
        if FileStatus.of(folder)?.kind == .folder { return }
        if folder.count > 1 { try makeFolders(of: folder) }
        _ = try Folder.create(folder)
    }
}
