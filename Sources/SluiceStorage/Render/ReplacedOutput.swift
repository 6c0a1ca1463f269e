import SluiceCore

/// Keeps what somebody else has put in the place of an output that is made from a journal: it is set aside before the
/// output is made anew.
struct ReplacedOutput {
    private let paths: OutputPaths
    private var note: String { paths.state + "/rendered" }

    init(_ paths: OutputPaths) {
        self.paths = paths
    }

    /// Notes size and time of the output, as it was just made.
    func remember() throws(SluiceError) {
        guard let status = FileStatus.of(paths.output) else { return }
        try AtomicFile.write(Array(Self.sign(status).utf8), to: note)
    }

    /// Moves an output that was not made by the last run, or was changed since, to the state folder.
    func setAside() throws(SluiceError) {
        guard let status = FileStatus.ofLink(paths.output), status.size > 0 else { return }
        if try StateFile.read(note)?.text == Self.sign(status) { return }
        var number = 1
        while FileStatus.ofLink(paths.replaced(number)) != nil { number += 1 }
        do throws(SystemError) {
            try Folder.rename(paths.output, to: paths.replaced(number))
            try Folder.sync(paths.state)
            try Folder.sync(paths.folder)
        } catch {
            throw error.stopping("set aside", paths.output, code: .disk)
        }
    }

    private static func sign(_ status: FileStatus) -> String { "\(status.size) \(status.changed)\n" }
}
