import SluiceSimulator

extension [LedgerEntry] {
    /// The ends of the keys that were used.
    var keys: [String] { Set(map(\.key)).sorted() }
}
