public import SluiceCore

/// Where the accounts of a run are written down, so that it can go on with what is written there later.
public struct AccountSource: Sendable {
    /// What is written there at one time.
    public struct Reading: Sendable {
        /// The accounts.
        public var accounts: [Account]
        /// The files that they come from, as they were before they were read.
        public var files: WatchedFiles

        /// Accounts and the files that they come from.
        public init(accounts: [Account], files: WatchedFiles) {
            self.accounts = accounts
            self.files = files
        }
    }

    /// The files as they were before the accounts were read first.
    public let files: WatchedFiles
    /// Reads the accounts anew, from the same place as before and from nowhere else; it may block.
    ///
    /// Throws ``SluiceError`` if what is there cannot be used.
    public var read: @Sendable () throws(SluiceError) -> Reading

    /// Accounts that are read from files; each reading may name others.
    public init(files: WatchedFiles, read: @escaping @Sendable () throws(SluiceError) -> Reading) {
        self.files = files
        self.read = read
    }

    /// Accounts that are read from files which stay the same; to be made before these are read first.
    public init(files: [String], read: @escaping @Sendable () throws(SluiceError) -> [Account]) {
        self.init(files: WatchedFiles(files)) { () throws(SluiceError) in
            let now = WatchedFiles(files)
            return Reading(accounts: try read(), files: now)
        }
    }
}
