extension [LedgerEntry] {
    /// The items that were answered, in order; one that was paid twice is in it twice.
    package var paid: [Int] { filter { $0.status == 200 }.compactMap(\.item).sorted() }
}
