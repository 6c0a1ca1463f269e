/// What stops a run: bad configuration, an output in use, a disk that fails.
///
/// A failed request is a ``Failure`` instead.
public struct SluiceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of trouble; decides the exit code.
    public struct Code: Sendable, Hashable {
        /// The exit code of the process (FEATURES F66).
        public let exitCode: Int32
        /// A short name without payload, for logs and `--json`.
        public let name: String

        init(_ exitCode: Int32, _ name: String) {
            self.exitCode = exitCode
            self.name = name
        }

        /// The command line is wrong.
        public static let usage = Code(64, "usage")
        /// The run could not start: configuration, input, no valid key.
        public static let configuration = Code(2, "configuration")
        /// A file could not be read or written.
        public static let io = Code(2, "io")
        /// Keys or a day quota are used up.
        public static let exhausted = Code(3, "exhausted")
        /// The amount that may be spent is used up.
        public static let budget = Code(4, "budget")
        /// Another process writes this output.
        public static let locked = Code(5, "locked")
        /// The disk is full or failed.
        public static let disk = Code(6, "disk")
        /// Rows are unaccounted for, or another promise is broken: a defect of Sluice.
        public static let invariant = Code(70, "invariant")
    }

    /// The kind of trouble.
    public let code: Code
    /// One lower-case line that says what is wrong and where.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// The user's file that is wrong, if one is.
    public let file: String?
    /// The line in that file, from 1.
    public let line: Int?

    /// Describes what stops a run; `message` is one lower-case line without a full stop.
    public init(_ code: Code, _ message: String, hint: String? = nil, file: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.file = file
        self.line = line
    }

    /// Whether both are of one kind; the texts do not count.
    public static func == (left: SluiceError, right: SluiceError) -> Bool { left.code == right.code }

    /// `file:line: message`, then `hint: …` on a line of its own.
    public var description: String {
        var text = ""
        if let file { text += line.map { "\(file):\($0): " } ?? "\(file): " }
        text += message
        if let hint { text += "\nhint: \(hint)" }
        return text
    }
}
