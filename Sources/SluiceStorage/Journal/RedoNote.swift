package import SluiceCore

/// `redo.json` in the state folder: what `--redo-all` has begun and no run has brought to its end yet.
///
/// It is written once the old answers have left the output, and before anything is sent. So an answer that is in the
/// output while the note stands was given since: whoever repeats the command pays for what is left, and not for that
/// again.
package struct RedoNote: Sendable, Equatable {
    private struct Entry: Equatable {
        /// The model; nil where rows are asked once.
        let asked: String?
        let way: Bytes
    }

    private var entries: [Entry] = []

    private init() {}

    /// Reads the note; one that cannot be understood is none.
    /// - Throws: ``SluiceError`` of code `io` if it cannot be read.
    package init(_ paths: OutputPaths) throws(SluiceError) {
        guard let bytes = try StateFile.read(paths.redo), let json = try? JSON.parse(bytes) else { return }
        for entry in json["redone"]?.elements ?? [] {
            guard let way = entry["way"] else { continue }
            entries.append(Entry(asked: entry["asked"]?.string, way: way.raw))
        }
    }

    /// What a redo gives up of an output: an answer that a closure is true for, by the model that it was asked of.
    package func isForgotten(by redo: Redo) -> (_ asked: String?) -> Bool {
        let since = answered(by: redo)
        return { asked in redo.concerns(asked) && !since.contains(asked) }
    }

    /// Whose answers were all given since such a redo began; nil stands for rows that are asked once.
    func answered(by redo: Redo) -> Set<String?> {
        Set(redo.asked.filter { entries.contains(Entry(asked: $0, way: redo.way)) })
    }

    /// Writes down that a redo is under way: no answer is left that was there before.
    func begin(_ redo: Redo, _ paths: OutputPaths) throws(SluiceError) {
        var note = self
        note.entries.removeAll { redo.concerns($0.asked) }
        note.entries += redo.asked.map { Entry(asked: $0, way: redo.way) }
        try note.replace(self, paths)
    }

    /// Writes down that every row was asked of these models; none of them where rows are asked once.
    func end(_ models: [String], _ paths: OutputPaths) throws(SluiceError) {
        var note = self
        note.entries.removeAll { entry in entry.asked.map(models.contains) ?? models.isEmpty }
        try note.replace(self, paths)
    }

    private func replace(_ former: RedoNote, _ paths: OutputPaths) throws(SluiceError) {
        if self == former { return }
        if !entries.isEmpty { return try AtomicFile.write(json, to: paths.redo) }
        do throws(SystemError) {
            try Folder.remove(paths.redo)
            try Folder.sync(paths.state)
        } catch {
            throw error.stopping("remove", paths.redo, code: .disk)
        }
    }

    private var json: [UInt8] {
        var json = JSONBuilder()
        json.beginObject()
        json.member("schema", 1)
        json.key("redone")
        json.beginArray()
        for entry in entries {
            json.beginObject()
            json.member("asked", entry.asked)
            json.member("way", raw: entry.way)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes + [0x0A]
    }
}
