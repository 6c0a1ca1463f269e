import Crypto
package import SluiceCore

/// Hashes what a row asks: its own bytes and what is common to all rows of the run (CONTRACTS.md, "Ids and hashes").
///
/// The hash covers, each after its length, the version, template, system text and schema, then the row's bytes without
/// outer blanks. A top-level `sluice` object is left out and, where there is one, the answer field, too: a finished
/// line hashes like the row it came from.
package struct RowHasher: Sendable {
    private static let version = "sluice-row-1"

    private let context: SHA256
    private let answerField: [UInt8]

    /// Hashes the common part once.
    /// - Parameters:
    ///   - template: the prompt template, if there is one.
    ///   - system: the system text of the run, if there is one.
    ///   - schema: the JSON schema of the answers, if there is one.
    ///   - answerField: the name of the field that answers are written to.
    package init(template: Bytes?, system: Bytes?, schema: Bytes?, answerField: String = "output") {
        var context = SHA256()
        for part in [Bytes(Self.version), template, system, schema] {
            // An absent part differs from an empty one: no part is as long as that.
            var length = UInt64(bigEndian: part.map { UInt64($0.count) } ?? .max)
            withUnsafeBytes(of: &length) { context.update(bufferPointer: $0) }
            part?.withUnsafeBytes { context.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        }
        self.context = context
        self.answerField = Array(answerField.utf8)
    }

    /// The hash of a row.
    package func hash(_ row: Bytes) -> RowHash {
        row.withUnsafeBytes { hash($0) }
    }

    /// The hash of a row that is valid JSON or plain text.
    func hash(_ row: UnsafeBufferPointer<UInt8>) -> RowHash {
        let row = row.withoutOuterBlanks
        var hash = context
        if let cuts = RowContent.cuts(in: row, answerField: answerField) {
            var at = 0
            for cut in cuts {
                add(row[at..<cut.lowerBound], to: &hash)
                at = cut.upperBound
            }
            add(row[at...], to: &hash)
        } else {
            add(row[...], to: &hash)
        }
        return RowHash(hash.finalize())
    }

    private func add(_ part: Slice<UnsafeBufferPointer<UInt8>>, to hash: inout SHA256) {
        hash.update(bufferPointer: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: part)))
    }
}
