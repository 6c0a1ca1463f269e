internal import Sluice
internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Where the answers of `-o -` are kept until the run ends, if they cannot be written as they come: a table stands in the
/// order of its input, and `--journal` wants them kept.
struct FilterOutput {
    /// The file that the run writes.
    let path: String
    /// Whether the folder goes when the run has ended.
    private let isTemporary: Bool
    private let folder: String

    /// A place for answers of this form.
    /// - Parameter journal: The folder that they are kept in; nil for one that goes with the run.
    /// - Throws: ``SluiceError`` of code `io` if it cannot be made.
    init(journal: String?, format: Files.OutputFormat?) throws(SluiceError) {
        let ending =
            switch format {
            case .csv: "csv"
            case .tsv: "tsv"
            case .json, .toolkit: "json"
            default: "jsonl"
            }
        if let journal {
            guard mkdir(journal, 0o700) == 0 || errno == EEXIST else { throw Self.error(journal) }
            folder = journal
        } else {
            let temporary = ProcessEnvironment["TMPDIR"] ?? "/tmp"
            var template = Array("\(temporary)/sluice-\(String(repeating: "X", count: 6))".utf8CString)
            guard mkdtemp(&template) != nil else { throw Self.error(temporary) }
            folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        isTemporary = journal == nil
        path = "\(folder)/output.\(ending)"
    }

    /// Writes the output to standard output and the failures to standard error.
    ///
    /// A folder of its own then goes, unless there are answers in it that nobody got.
    func deliver(_ summary: RunSummary) {
        if let errors = summary.errorsPath { _ = Self.copy(errors, to: STDERR_FILENO) }
        let counts = summary.counts
        let answers = counts.answered + counts.cached + counts.deduplicated + counts.doneBefore
        guard Self.copy(path, to: STDOUT_FILENO) || answers == 0 else {
            return Terminal.say("the answers so far are kept in \(folder)")
        }
        remove()
    }

    /// Writes the output to standard output, and removes it.
    func deliver() {
        _ = Self.copy(path, to: STDOUT_FILENO)
        remove()
    }

    /// Removes what a run has left in a folder of its own.
    func remove() {
        guard isTemporary else { return }
        for place in [path + ".sluice", folder] { KeptFolder.remove(place) }
    }

    /// Copies a file; false if there is none, or if nobody reads it to its end.
    private static func copy(_ path: String, to descriptor: Int32) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count == 0 { return true }
            if count < 0, errno == EINTR { continue }
            guard count > 0, Terminal.write(chunk[..<count], to: descriptor) else { return false }
        }
    }

    private static func error(_ path: String) -> SluiceError {
        SluiceError(.io, "cannot make a folder in \(path): \(String(cString: strerror(errno)).lowercased())")
    }
}
