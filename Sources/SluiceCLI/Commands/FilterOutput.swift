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
    /// - Throws: ``SluiceError`` of code `disk` if standard output cannot take it.
    func deliver(_ summary: RunSummary) throws(SluiceError) {
        if let errors = summary.errorsPath { _ = Self.copy(errors, to: STDERR_FILENO) }
        let counts = summary.counts
        let answers = counts.answered + counts.cached + counts.deduplicated + counts.doneBefore
        switch Self.copy(path, to: STDOUT_FILENO) {
        case 0: remove()
        case EPIPE, ENOENT:
            if answers > 0 { Terminal.say("the answers so far are kept in \(folder)") } else { remove() }
        case let trouble: throw Self.undelivered(trouble, hint: "the answers so far are kept in \(folder)")
        }
    }

    /// Writes the output to standard output, and removes it.
    /// - Throws: ``SluiceError`` of code `disk` if standard output cannot take it.
    func deliver() throws(SluiceError) {
        let trouble = Self.copy(path, to: STDOUT_FILENO)
        remove()
        guard trouble != 0, trouble != EPIPE else { return }
        throw Self.undelivered(trouble, hint: "the answers stay where they were; write them elsewhere with -o FILE")
    }

    /// Removes what a run has left in a folder of its own.
    func remove() {
        guard isTemporary else { return }
        for place in [path + ".sluice", folder] { KeptFolder.remove(place) }
    }

    private static func undelivered(_ trouble: Int32, hint: String) -> SluiceError {
        SluiceError(.disk, "cannot write to standard output: \(text(trouble))", hint: hint)
    }

    /// Copies a file; 0, or the number of the error: `ENOENT` if there is none, `EPIPE` if nobody reads it to its end.
    private static func copy(_ path: String, to descriptor: Int32) -> Int32 {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return errno }
        defer { close(file) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count == 0 { return 0 }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            let trouble = Terminal.write(chunk[..<count], to: descriptor)
            guard trouble == 0 else { return trouble }
        }
    }

    private static func error(_ path: String) -> SluiceError {
        SluiceError(.io, "cannot make a folder in \(path): \(text(errno))")
    }

    private static func text(_ trouble: Int32) -> String {
        String(cString: strerror(trouble)).lowercased()
    }
}
