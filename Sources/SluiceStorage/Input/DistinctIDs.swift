import SluiceCore

/// Gives every row an id of its own, in the order in which rows are read: `a`, `a-2`, `a-3`.
///
/// An id costs 8 to 12 bytes, one that comes again about fifty.
final class DistinctIDs: Sendable {
    private let seen = IDSet()
    private let counts = Guarded<[HashKey: Int]>([:])

    /// The id that a row must go by instead of its own; nil if nobody had that before.
    ///
    /// The row need not be valid.
    func newID(of row: UnsafeBufferPointer<UInt8>) -> String? {
        guard RowSyntax.defect(in: row, plainText: true) == nil, let range = RowIdentity.range(in: row),
            let json = try? JSON.parse(Bytes(Array(row[range])))
        else { return nil }
        let id = RowIdentity(json: json)
        if seen.insert(id) { return nil }
        let key = id.key
        var number = counts.withLock { $0[key] ?? 1 }
        var name: RowIdentity
        repeat {
            number += 1
            name = RowIdentity(text: "\(id.text)-\(number)")
        } while !seen.insert(name)
        counts.withLock { $0[key] = number }
        return name.text
    }
}
