import Crypto
import SluiceCore

/// One fast pass over an input before anything is sent: it counts, compares and looks for duplicate ids.
struct InputScan {
    private let source: InputSource
    private let plainText: Bool
    private let lineLimit: Int
    private let hasher: RowHasher
    private let refusesDuplicates: Bool
    /// The models that every row is asked of; nil for those that are asked once.
    private let asked: [String?]
    /// Models that are not asked, whose answers stay.
    private let kept: [String]

    /// A scan of a source that can be read twice; `plainText` says whether lines that are no JSON are rows.
    /// - Parameters:
    ///   - models: the models that every row is asked of, each time counted as a row of its own.
    ///   - kept: models that are not asked, but whose answers stay.
    init(
        _ source: InputSource, plainText: Bool, lineLimit: Int, hasher: RowHasher, models: [String] = [],
        keeping kept: [String] = [], refusesDuplicates: Bool = true
    ) {
        self.source = source
        asked = models.isEmpty ? [nil] : models
        self.kept = kept
        self.plainText = plainText
        self.lineLimit = lineLimit
        self.hasher = hasher
        self.refusesDuplicates = refusesDuplicates
    }

    /// Reads the file and marks the finished rows that it still contains.
    /// - Returns: the counts, or nil if `shouldStop` said so.
    /// - Throws: ``SluiceError`` of code `configuration` if two rows have one id, `io` if the file cannot be read.
    func run(_ finished: inout FinishedRows, shouldStop: (_ bytes: Int) -> Bool) throws(SluiceError) -> InputCounts? {
        var counts = InputCounts()
        var ids = KeyTable<IDKey>()
        let hasFinished = finished.count > 0
        var digest = SHA256()
        var size = 0
        let isWhole = try InputReader.read(
            source, lineLimit: lineLimit,
            seeing: { bytes in
                digest.update(bufferPointer: bytes)
                size += bytes.count
            }, shouldStop: shouldStop
        ) { line in
            if let defect = defect(line) {
                counts.bad += 1
                if counts.firstBad == nil { counts.firstBad = BadLine(line: line.number, message: defect) }
                return
            }
            counts.rows += asked.count
            if refusesDuplicates, let id = RowIdentity.range(in: line.text) {
                ids.append(RowIdentity.scanKey(ofJSON: UnsafeBufferPointer(rebasing: line.text[id])))
            }
            guard hasFinished else { return }
            let hash = hasher.hash(line.text)
            for model in asked where finished.take(hash.asked(of: model)) { counts.alreadyDone += 1 }
            for model in kept { _ = finished.take(hash.asked(of: model)) }
        }
        guard isWhole else { return nil }
        if source.hasBytes { counts.fingerprint = InputFingerprint(bytes: size, sha256: Hex.text(digest.finalize())) }
        ids.sort()
        let repeated = Self.repeated(ids)
        if !repeated.isEmpty { try refuse(repeated) }
        return counts
    }

    private func defect(_ line: Line) -> String? {
        if let bad = BadLine(line, limit: lineLimit) { return bad.message }
        return RowSyntax.defect(in: line.text, plainText: plainText)
    }

    /// Some of the keys that occur more than once; they are sought again, so a few are enough.
    private static func repeated(_ keys: borrowing KeyTable<IDKey>) -> [IDKey] {
        var found: [IDKey] = []
        for index in 0..<max(0, keys.count - 1) where keys[index] == keys[index + 1] && keys[index] != found.last {
            found.append(keys[index])
            if found.count == 1000 { break }
        }
        return found
    }

    /// Finds the lines of the first id that occurs twice; the table holds hashes only.
    private func refuse(_ repeated: [IDKey]) throws(SluiceError) {
        var first: [String: Int] = [:]
        var found: (id: String, lines: (Int, Int))?
        _ = try InputReader.read(source, lineLimit: lineLimit, shouldStop: { _ in found != nil }) { line in
            guard found == nil, defect(line) == nil, let range = RowIdentity.range(in: line.text) else { return }
            let id = UnsafeBufferPointer(rebasing: line.text[range])
            guard repeated.contains(RowIdentity.scanKey(ofJSON: id)) else { return }
            guard let json = try? JSON.parse(Bytes(Array(id))) else { return }
            let text = RowIdentity(json: json).text
            if let before = first.updateValue(line.number, forKey: text) { found = (text, (before, line.number)) }
        }
        guard let found else { return }
        throw SluiceError(
            .configuration,
            "lines \(found.lines.0) and \(found.lines.1) have the same id \(Self.printable(found.id))",
            hint: "make the ids unique, or add --on-duplicate-id suffix, which numbers them",
            file: source.name, line: found.lines.1)
    }

    private static func printable(_ id: String) -> String {
        var text = ""
        for scalar in id.unicodeScalars.prefix(60) {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return text
    }
}
