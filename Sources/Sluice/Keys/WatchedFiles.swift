internal import SluiceStorage

/// Files as they are at the moment of a look, which comes before they are read so that no change is missed.
public struct WatchedFiles: Sendable, Equatable {
    /// The paths; the first file names the others.
    public private(set) var paths: [String]
    private var stamps: [FileStamp?]

    /// Looks at files; it may block.
    public init(_ paths: [String]) {
        self.paths = paths
        stamps = paths.map { FileStamp($0) }
    }

    /// Looks at further files; it may block.
    public mutating func add(_ more: [String]) {
        paths += more
        stamps += more.map { FileStamp($0) }
    }

    /// Whether they can be read again: what comes through a pipe cannot.
    public var canChange: Bool { stamps.allSatisfy { $0?.isRegular ?? true } }

    /// Whether the first is there; editors and `mv` take it away for a moment.
    var isThere: Bool { stamps.first.flatMap(\.self) != nil }
}
