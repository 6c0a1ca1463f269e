public import SluiceCore
internal import SluiceStorage

/// Where the accounts of a run are written down, so that it can go on with what is written there later.
public struct AccountSource: Sendable {
    /// The files; a change of one of them means that the accounts may be others.
    public let files: [String]
    /// How they were when the accounts were read first.
    let stamps: [FileStamp?]
    /// Reads the accounts anew; it may block.
    ///
    /// Throws ``SluiceError`` if what is there cannot be used.
    public var read: @Sendable () throws(SluiceError) -> [Account]

    /// Accounts that are read from files; to be made before these are read first, so that no change is missed.
    public init(files: [String], read: @escaping @Sendable () throws(SluiceError) -> [Account]) {
        self.files = files
        stamps = files.map { FileStamp($0) }
        self.read = read
    }
}
