import GRDB
package import SluiceCore

/// Reads the time series of an output's runs, also while one is being written.
package enum RunHistory {
    /// What happened in the day before the last second that is known, in order; empty if nothing is.
    /// - Throws: ``SluiceError`` of code `io` if the database cannot be read.
    package static func lastDay(_ path: String) throws(SluiceError) -> [Sample] {
        try samples(path) { try SampleTable.last(in: $0).map { $0 - 86_400 + 1 } }
    }

    /// All that happened from a second on.
    package static func samples(_ path: String, from second: Int64) throws(SluiceError) -> [Sample] {
        try samples(path) { _ in second }
    }

    private static func samples(
        _ path: String, from begin: (Database) throws -> Int64?
    ) throws(SluiceError) -> [Sample] {
        do {
            guard let queue = try StateDatabase.openForReading(path) else { return [] }
            return try queue.read { database in
                guard try database.tableExists("sample"), let second = try begin(database) else { return [] }
                return try SampleTable.samples(from: second, in: database)
            }
        } catch {
            throw SluiceError(.io, "cannot read the time series: \(StateDatabase.text(error))", file: path)
        }
    }
}
