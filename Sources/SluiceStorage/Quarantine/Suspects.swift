package import SluiceCore

/// Rows that were being asked each of the last times that the process died (docs/decisions/0017-rows-that-kill.md).
package struct Suspects: Sendable {
    /// What is known of a row.
    private struct Record: Sendable, Equatable {
        /// Deaths in a row at which it was in flight.
        var deaths: Int
        /// Whether the next run leaves it out.
        var isQuarantined: Bool
    }

    /// A death with more rows in flight says too little of each of them.
    package static let few = 4
    private var records: [RowHash: Record] = [:]

    /// None.
    package init() {}

    /// Whether there are any.
    package var isEmpty: Bool { records.isEmpty }

    /// Whether a row has met several deaths in a row.
    package var hasRepeated: Bool { records.values.contains { $0.deaths >= 2 } }

    /// Whether this run leaves a row out.
    package func isQuarantined(_ row: RowHash) -> Bool { records[row]?.isQuarantined ?? false }

    /// Whether a row is asked after all others, and with few others, so that one more death would say more.
    package func isKeptApart(_ row: RowHash) -> Bool { deaths(row) >= 2 }

    /// How many deaths in a row a row has met.
    package func deaths(_ row: RowHash) -> Int { records[row]?.deaths ?? 0 }

    /// Takes in a death with these rows in flight.
    private mutating func addDeath(_ rows: [RowHash]) {
        let former = records
        // Those that this run had not come to are what they were.
        records = former.filter { $0.value.deaths >= 2 }
        for row in Set(rows) {
            let deaths = (former[row]?.deaths ?? 0) + 1
            records[row] = Record(deaths: deaths, isQuarantined: deaths >= 2 && rows.count <= Self.few)
        }
    }

    /// What remains of them after a run that ends in good order: one death says nothing any more.
    package var remaining: Suspects {
        var remaining = self
        remaining.records = records.filter { $0.value.deaths >= 2 }
        return remaining
    }

    /// Takes in that a row was asked and the process lived on.
    package mutating func acquit(_ row: RowHash) { records[row] = nil }

    /// Takes in that a run has left a row out and said so: the next one asks it again.
    package mutating func release(_ row: RowHash) { records[row]?.isQuarantined = false }

    /// Forgets all but these rows.
    package mutating func keep(_ rows: Set<RowHash>) { records = records.filter { rows.contains($0.key) } }

    /// Reads what the runs before have left, and writes down what the last one's death adds; blocks.
    ///
    /// Call it under the output's lock, before there is an ``InFlightNote`` of this run.
    /// - Throws: ``SluiceError`` of code `io` if a file cannot be read.
    package static func read(_ paths: OutputPaths) throws(SluiceError) -> Suspects {
        var suspects = Suspects()
        if let bytes = try StateFile.read(paths.suspects) { suspects.parse(bytes.text) }
        // A death with no row in flight is one, too: a row that met the one before has not met two in a row.
        guard let rows = try InFlightNote.read(paths) else { return suspects }
        suspects.addDeath(rows)
        // The note goes first: a death may be forgotten if this process dies here, but is never counted twice.
        try? Folder.remove(paths.inFlight)
        suspects.write(paths)
        return suspects
    }

    /// Writes them down, or removes the file if there are none; blocks.
    ///
    /// Where that is not possible the run goes on: the next one only knows less of them.
    package func write(_ paths: OutputPaths) {
        guard !isEmpty else {
            try? Folder.remove(paths.suspects)
            return
        }
        let lines = records.map { row, record in
            "\(row.hex) \(record.deaths)\(record.isQuarantined ? " quarantined" : "")\n"
        }
        try? AtomicFile.write(Array(lines.sorted().joined().utf8), to: paths.suspects)
    }

    private mutating func parse(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let row = RowHash(hex: String(words[0])), let deaths = Int(words[1]) else {
                continue
            }
            records[row] = Record(deaths: deaths, isQuarantined: words.dropFirst(2).first == "quarantined")
        }
    }
}
