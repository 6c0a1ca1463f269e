internal import SluiceCore
internal import SluiceStorage

/// The time series of an output's runs, for people and for `--json`.
struct SeriesText {
    private static let bars = Array("▁▂▃▄▅▆▇█")
    private static let columns = 60
    /// A bar stands for ten seconds at most, so that the curve covers ten minutes.
    private static let longest: Int64 = 10
    private let samples: [Sample]

    init(_ samples: [Sample]) {
        self.samples = samples
    }

    /// A curve of the last minutes, what was waited for, and the hours of the last day.
    var lines: [String] {
        guard !samples.isEmpty else { return [] }
        let recent = self.recent
        let most = recent.answered.max() ?? 0
        let curve = recent.answered.map { count in
            count == 0 ? " " : Self.bars[min(7, Int(Double(count) / Double(max(1, most)) * 8))]
        }
        var lines = [
            "last \(TimeSpan.seconds(Double(recent.answered.count) * Double(recent.span)).text): |\(String(curve))| "
                + "at most \(Self.tenths(Double(most) / Double(recent.span))) answers/s"
        ]
        let waits = self.waits.prefix(3)
        if !waits.isEmpty {
            lines.append(
                "waited for: " + waits.map { "\($0.cause) \($0.percent)%" }.joined(separator: ", "))
        }
        for hour in hours.suffix(24) {
            var line = "\(hour.name)  \(hour.total.answered) answered"
            if hour.total.failed > 0 { line += "  \(hour.total.failed) failed" }
            if hour.total.refused > 0 { line += "  \(hour.total.refused) refused" }
            line += "  \(hour.total.input)+\(hour.total.output) tokens"
            if hour.total.cost > .zero { line += "  \(hour.total.cost.text)" }
            lines.append(line)
        }
        return lines
    }

    /// The same as members of a JSON object: `series`, `waits` and `hours`.
    func add(to json: inout JSONBuilder) {
        let recent = self.recent
        json.key("series")
        json.beginObject()
        json.key("from")
        json.value(WallTime(nanoseconds: recent.begin * 1_000_000_000).text)
        json.key("span")
        json.value(Int(recent.span))
        for (name, counts) in [
            ("answered", recent.answered), ("failed", recent.failed), ("refused", recent.refused),
            ("in_flight", recent.inFlight),
        ] {
            json.key(name)
            json.beginArray()
            for count in counts { json.value(count) }
            json.endArray()
        }
        json.endObject()
        json.key("waits")
        json.beginArray()
        for wait in waits {
            json.beginObject()
            json.key("for")
            json.value(wait.cause)
            json.key("seconds")
            json.value(Int(wait.seconds))
            json.endObject()
        }
        json.endArray()
        json.key("hours")
        json.beginArray()
        for hour in hours { add(hour.total, &json) }
        json.endArray()
    }

    private func add(_ total: Sample, _ json: inout JSONBuilder) {
        json.beginObject()
        json.key("from")
        json.value(WallTime(nanoseconds: total.second * 1_000_000_000).text)
        for (name, count) in [
            ("sent", total.sent), ("answered", total.answered), ("failed", total.failed), ("refused", total.refused),
            ("input_tokens", total.input), ("output_tokens", total.output),
        ] {
            json.key(name)
            json.value(count)
        }
        json.key("cost")
        json.value(total.cost)
        json.key("failures")
        json.beginObject()
        for (name, count) in total.failures.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.value(count)
        }
        json.endObject()
        json.endObject()
    }

    /// The last minutes, in bars of equal length.
    private var recent: (begin: Int64, span: Int64, answered: [Int], failed: [Int], refused: [Int], inFlight: [Int]) {
        let last = samples.last?.second ?? 0
        let first = samples.first { $0.second > last - Int64(Self.columns) * Self.longest }?.second ?? last
        let span = min(Self.longest, (last - first) / Int64(Self.columns) + 1)
        let begin = max(first, last - span * Int64(Self.columns) + 1)
        let count = Int((last - begin) / span) + 1
        var answered = [Int](repeating: 0, count: count)
        var (failed, refused, inFlight) = (answered, answered, answered)
        for sample in samples where sample.second >= begin {
            let bar = Int((sample.second - begin) / span)
            answered[bar] += sample.answered
            failed[bar] += sample.failed
            refused[bar] += sample.refused
            inFlight[bar] = max(inFlight[bar], sample.inFlight)
        }
        return (begin, span, answered, failed, refused, inFlight)
    }

    /// What was waited for in the last day, longest first.
    private var waits: [(cause: String, seconds: Int64, percent: Int)] {
        var spans: [String: Int64] = [:]
        var all: Int64 = 0
        for sample in samples {
            all += sample.span
            if let cause = sample.waiting { spans[cause, default: 0] += sample.span }
        }
        return spans.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .map { ($0.key, $0.value, Int(Double($0.value) * 100 / Double(max(1, all)))) }
    }

    /// The sums of each hour, of UTC.
    private var hours: [(name: String, total: Sample)] {
        var hours: [Sample] = []
        for sample in samples {
            let begin = sample.second / 3600 * 3600
            if hours.last?.second != begin { hours.append(Sample(second: begin, span: 3600)) }
            hours[hours.count - 1].add(sample)
        }
        return hours.map { hour in
            // 2026-11-21T13:00:00Z
            (WallTime(nanoseconds: hour.second * 1_000_000_000).text.prefix(13).suffix(2) + ":00", hour)
        }
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Sample {
    fileprivate mutating func add(_ other: Sample) {
        sent += other.sent
        answered += other.answered
        failed += other.failed
        refused += other.refused
        input += other.input
        output += other.output
        cost += other.cost
        for (name, count) in other.failures { failures[name, default: 0] += count }
    }
}
