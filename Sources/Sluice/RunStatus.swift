public import SluiceCore
internal import SluiceStorage

/// How the run behind an output stands, read from its state folder.
public struct RunStatus: Sendable {
    /// The manifest with `running`, and the time series of the last day as `series`, `waits` and `hours`, as JSON text.
    public let json: String
    /// The same for people.
    public let lines: [String]

    /// Reads the state of an output.
    /// - Throws: ``SluiceError`` if no run has written there.
    public static func read(_ output: String) throws(SluiceError) -> RunStatus {
        let paths = try OutputPaths(output)
        guard let bytes = try StateFile.read(paths.manifest), let manifest = try? JSON.parse(bytes),
            manifest.kind == .object
        else {
            throw SluiceError(
                .configuration, "no run has written \(output)", hint: "a run keeps its state in \(output).sluice")
        }
        var samples: [Sample] = []
        var trouble: String?
        do throws(SluiceError) {
            samples = try RunHistory.lastDay(paths.database)
        } catch {
            // What is told of the run itself does not come from there.
            trouble = error.message
        }
        return RunStatus(
            manifest, SeriesText(samples), trouble: trouble, isRunning: StateFile.isLocked(paths), output: output)
    }

    private init(_ manifest: JSON, _ series: SeriesText, trouble: String?, isRunning: Bool, output: String) {
        var json = JSONBuilder(capacity: manifest.raw.count + 32)
        json.beginObject()
        json.key("running")
        json.value(isRunning)
        for member in manifest.members { json.member(member.text, raw: member.value.raw) }
        series.add(to: &json)
        json.member("series_error", trouble)
        json.endObject()
        self.json = Bytes(json.bytes).text

        func count(_ name: String) -> Int { manifest["rows"]?[name]?.int ?? 0 }
        let pid = manifest["pid"]?.int ?? 0
        let updated = manifest["updated"]?.string ?? "?"
        let state: String
        if isRunning {
            state = "running (process \(pid), as of \(updated))"
        } else if manifest["ended"]?.bool == true {
            let why = manifest["stopped"]?.string.map { ", \($0)" } ?? ""
            state = "ended \(updated) with exit code \(manifest["exit"]?.int ?? 0)\(why)"
        } else {
            state = "died after \(updated); run the same command again to go on"
        }
        var lines = ["\(output): \(state)"]
        lines.append(
            "rows: \(count("read")) read, \(count("answered")) answered, "
                + [("cached", "cached"), ("deduplicated", "deduplicated")].map { name, text in
                    count(name) > 0 ? "\(count(name)) \(text), " : ""
                }.joined() + "\(count("done_before")) done before, \(count("failed")) failed")
        for model in manifest["models"]?.elements ?? [] {
            let cost = model["cost"]?.double.flatMap { Money(dollars: $0) } ?? .zero
            lines.append(
                "\(model["model"]?.string ?? "?"): \(model["answered"]?.int ?? 0) answered, "
                    + "\(model["failed"]?.int ?? 0) failed" + (cost > .zero ? ", \(cost.text)" : ""))
        }
        if let seconds = manifest["seconds"]?.double {
            let rate = min(max(0, manifest["rate"]?.double ?? 0), 1e12)
            lines.append("\(TimeSpan.seconds(seconds).text) so far, \(Int((rate * 10).rounded()) / 10) rows/s")
        }
        if let found = manifest["found_concurrency"]?.int { lines.append("concurrency: \(found) (auto)") }
        if let cost = manifest["cost"]?["answers"]?.double.flatMap({ Money(dollars: $0) }), cost > .zero {
            var line = "cost: \(cost.text)"
            if let spent = manifest["cost"]?["spent"]?.double.flatMap({ Money(dollars: $0) }),
                let limit = manifest["cost"]?["max"]?.double.flatMap({ Money(dollars: $0) })
            {
                line += "; \(spent.text) of \(limit.text) spent in all runs"
            }
            lines.append(line)
        }
        if isRunning, let waiting = manifest["waiting"]?.string { lines.append("waiting: \(waiting)") }
        lines += series.lines
        if let trouble { lines.append("no history: \(trouble)") }
        self.lines = lines
    }
}
