import GRDB
import SluiceCore

/// The time series of an output's runs: a row for each second, after a day for each minute, after a month for each hour.
enum SampleTable {
    static let tables = """
        CREATE TABLE IF NOT EXISTS run (
            id INTEGER PRIMARY KEY, started TEXT NOT NULL, pid INTEGER NOT NULL, title TEXT, model TEXT);
        CREATE TABLE IF NOT EXISTS sample (
            second INTEGER NOT NULL, run INTEGER NOT NULL, span INTEGER NOT NULL, sent INTEGER NOT NULL,
            answered INTEGER NOT NULL, failed INTEGER NOT NULL, refused INTEGER NOT NULL, input INTEGER NOT NULL,
            output INTEGER NOT NULL, picodollars INTEGER NOT NULL, in_flight INTEGER NOT NULL, waiting TEXT,
            PRIMARY KEY (second, run));
        CREATE TABLE IF NOT EXISTS failure (
            second INTEGER NOT NULL, run INTEGER NOT NULL, span INTEGER NOT NULL, class TEXT NOT NULL,
            count INTEGER NOT NULL, PRIMARY KEY (second, run, class));
        """

    private static let day: Int64 = 86_400
    private static let month: Int64 = 30 * 86_400

    /// Notes a run; returns its number.
    static func begin(_ run: RunSeries.Run, in database: Database) throws -> Int64 {
        try database.execute(
            sql: "INSERT INTO run (started, pid, title, model) VALUES (?, ?, ?, ?)",
            arguments: [run.started.text, run.pid, run.title, run.model])
        return database.lastInsertedRowID
    }

    static func add(_ sample: Sample, run: Int64, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (second, run) DO UPDATE SET sent = sent + excluded.sent,
                    answered = answered + excluded.answered, failed = failed + excluded.failed,
                    refused = refused + excluded.refused, input = input + excluded.input,
                    output = output + excluded.output, picodollars = picodollars + excluded.picodollars,
                    in_flight = excluded.in_flight, waiting = excluded.waiting
                """,
            arguments: [
                sample.second, run, sample.span, sample.sent, sample.answered, sample.failed, sample.refused,
                sample.input, sample.output, sample.cost.picodollars, sample.inFlight, sample.waiting,
            ])
        for (name, count) in sample.failures {
            try database.execute(
                sql: """
                    INSERT INTO failure VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (second, run, class) DO UPDATE SET count = count + excluded.count
                    """,
                arguments: [sample.second, run, sample.span, name, count])
        }
    }

    /// Puts what is older than a day together by minutes, and what is older than a month by hours.
    static func thin(now: Int64, in database: Database) throws {
        try thin(from: 1, to: 60, before: now - day, database)
        try thin(from: 60, to: 3600, before: now - month, database)
    }

    private static func thin(from span: Int64, to longer: Int64, before: Int64, _ database: Database) throws {
        // Whole buckets only, so that none is put together twice.
        let before = before / longer * longer
        // Beside the one maximum, a plain column has the value of its row: the last that was waited for.
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO sample
                SELECT bucket, run, :longer, sent, answered, failed, refused, input, output, picodollars, in_flight, waiting
                FROM (SELECT second / :longer * :longer AS bucket, run, SUM(sent) AS sent, SUM(answered) AS answered,
                    SUM(failed) AS failed, SUM(refused) AS refused, SUM(input) AS input, SUM(output) AS output,
                    SUM(picodollars) AS picodollars, CAST(AVG(in_flight) AS INTEGER) AS in_flight, waiting, MAX(second)
                    FROM sample WHERE span = :span AND second < :before GROUP BY bucket, run)
                """, arguments: ["longer": longer, "span": span, "before": before])
        try database.execute(sql: "DELETE FROM sample WHERE span = ? AND second < ?", arguments: [span, before])
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO failure
                SELECT second / :longer * :longer AS bucket, run, :longer, class, SUM(count)
                FROM failure WHERE span = :span AND second < :before GROUP BY bucket, run, class
                """, arguments: ["longer": longer, "span": span, "before": before])
        try database.execute(sql: "DELETE FROM failure WHERE span = ? AND second < ?", arguments: [span, before])
    }

    /// More than anybody does in a second: sums of so many stay numbers.
    private static let most = 1 << 40

    /// All that happened from a second on, in order, of all runs.
    static func samples(from second: Int64, in database: Database) throws -> [Sample] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT second, span, sent, answered, failed, refused, input, output, picodollars, in_flight, waiting
                FROM sample WHERE second BETWEEN ? AND ? ORDER BY second, run
                """, arguments: [max(0, second), StoredTime.end])
        var samples: [Sample] = []
        while let row = try rows.next() {
            var sample = Sample(second: try row.decode(atIndex: 0), span: Int64(try count(row, 1)))
            sample.sent = try count(row, 2)
            sample.answered = try count(row, 3)
            sample.failed = try count(row, 4)
            sample.refused = try count(row, 5)
            sample.input = try count(row, 6)
            sample.output = try count(row, 7)
            sample.cost = Money(picodollars: max(0, try row.decode(atIndex: 8)))
            sample.inFlight = try count(row, 9)
            sample.waiting = try row.decode(atIndex: 10)
            samples.append(sample)
        }
        let failures = try Row.fetchAll(
            database,
            sql: """
                SELECT second, class, SUM(count) FROM failure WHERE second BETWEEN ? AND ? GROUP BY second, class
                """, arguments: [max(0, second), StoredTime.end])
        var byClass: [Int64: [String: Int]] = [:]
        for row in failures {
            byClass[try row.decode(atIndex: 0), default: [:]][try row.decode(atIndex: 1)] = try count(row, 2)
        }
        for index in samples.indices where !byClass.isEmpty {
            samples[index].failures = byClass.removeValue(forKey: samples[index].second) ?? [:]
        }
        return samples
    }

    /// The last second that is known; nil if none is.
    static func last(in database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database, sql: "SELECT MAX(second) FROM sample WHERE second BETWEEN 0 AND ?", arguments: [StoredTime.end])
    }

    private static func count(_ row: Row, _ column: Int) throws -> Int {
        max(0, min(try row.decode(atIndex: column), most))
    }
}
