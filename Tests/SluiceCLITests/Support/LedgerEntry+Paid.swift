import SluiceSimulator

extension [LedgerEntry] {
    /// The items that were answered, in order; one that was paid twice is in it twice.
    var paid: [Int] { filter { $0.status == 200 }.compactMap(\.item).sorted() }

    /// The ends of the keys that were used.
    var keys: [String] { Set(map(\.key)).sorted() }
}
