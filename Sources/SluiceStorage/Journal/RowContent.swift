import Crypto
package import SluiceCore

/// Tells a row from what an earlier run added to it: the `sluice` object and the answer field.
package enum RowContent {
    /// The parts of a row to leave out, in order; nil if no earlier run has added any.
    ///
    /// A member leaves with exactly one of the commas beside it, the one before it where a member that stays stands
    /// before it: `{"a":1,"output":"x","sluice":{}}` without them is `{"a":1}`.
    static func cuts(in row: UnsafeBufferPointer<UInt8>, answerField: [UInt8]) -> [Range<Int>]? {
        guard isResult(row) else { return nil }
        let members = MemberWalk(row).map { member in
            (member.range, leaves: isMark(member, row) || member.isNamed(answerField, in: row))
        }
        return cuts(members, in: row)
    }

    /// A row without what an earlier run has added to it, as the braces and the members that stay.
    package static func own(_ row: Bytes, answerField: String) -> Bytes {
        row.withUnsafeBytes { text -> Bytes in
            guard let cuts = cuts(in: text, answerField: Array(answerField.utf8)) else { return row }
            var own: [UInt8] = []
            var at = 0
            for cut in cuts {
                own.append(contentsOf: text[at..<cut.lowerBound])
                at = cut.upperBound
            }
            own.append(contentsOf: text[at...])
            return Bytes(own)
        }
    }

    /// What tells rows apart whatever is asked about them: a row of an input, the line that answers it and the line of
    /// its failure have one key.
    ///
    /// The row must be valid JSON or plain text.
    static func key(of row: UnsafeBufferPointer<UInt8>, answerField: [UInt8]) -> RowHash {
        let trimmed = row.withoutOuterBlanks
        guard trimmed.first == UInt8(ascii: "{") else { return RowHash(SHA256.hash(data: object(of: row))) }
        let facts = facts(of: MemberWalk(trimmed), trimmed)
        if let failed = facts.failed {
            return key(of: UnsafeBufferPointer(rebasing: trimmed[failed]), answerField: answerField)
        }
        if facts.isEmpty { return RowHash(SHA256.hash(data: Array("{}".utf8))) }
        var hash = SHA256()
        var at = 0
        for cut in facts.isResult ? cuts(in: trimmed, answerField: answerField) ?? [] : [] {
            hash.update(
                bufferPointer: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: trimmed[at..<cut.lowerBound])))
            at = cut.upperBound
        }
        hash.update(bufferPointer: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: trimmed[at...])))
        return RowHash(hash.finalize())
    }

    /// The key of the row in the line of a failure, which must be valid JSON; nil if it holds none.
    static func key(ofFailure line: UnsafeBufferPointer<UInt8>, answerField: [UInt8]) -> RowHash? {
        let trimmed = line.withoutOuterBlanks
        guard let failed = facts(of: MemberWalk(trimmed), trimmed).failed else { return nil }
        return key(of: UnsafeBufferPointer(rebasing: trimmed[failed]), answerField: answerField)
    }

    /// The key of a line that cannot be a row.
    static func key(ofBad line: UnsafeBufferPointer<UInt8>) -> RowHash {
        RowHash(SHA256.hash(data: prompt(line)))
    }

    /// A row as the object that a line of the output makes of it.
    static func object(of row: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let trimmed = row.withoutOuterBlanks
        switch trimmed.first {
        case UInt8(ascii: "{"): return Array(trimmed)
        case UInt8(ascii: "["): return Array(#"{"messages":"#.utf8) + trimmed + [UInt8(ascii: "}")]
        case UInt8(ascii: "\""): return Array(#"{"prompt":"#.utf8) + trimmed + [UInt8(ascii: "}")]
        default: return prompt(row)
        }
    }

    private static func prompt(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var json = JSONBuilder(capacity: text.count + 32)
        json.beginObject()
        json.key("prompt")
        json.value(String(decoding: text, as: UTF8.self))
        json.endObject()
        return json.bytes
    }

    /// The row inside the line of a failure; nil for any other line.
    package static func failed(_ line: JSON) -> JSON? {
        guard line.kind == .object else { return nil }
        let range = line.raw.withUnsafeBytes { facts(of: MemberWalk($0), $0).failed }
        return range.map { JSON(trusted: line.raw[$0]) }
    }

    /// What a line of an input holds.
    package struct Content {
        /// The row that the line is or, as the line of a failure, holds.
        package let row: JSON
        /// Its members, if it is an object.
        package var members: JSON.Members?
        /// Whether an earlier run has answered it.
        package var isResult = false
        /// Why it cannot be asked: it is the text of a line that was no row, which is no prompt either.
        package var defect: String?
    }

    /// Tells what a line holds.
    package static func content(of line: JSON) -> Content {
        guard line.kind == .object else { return Content(row: line) }
        let members = line.members
        let facts: Facts = members.withPlaces { Self.facts(of: $0, $1) }
        guard let failed = facts.failed else {
            return Content(row: line, members: members, isResult: facts.isResult)
        }
        var content = content(of: JSON(trusted: line.raw[failed]))
        if content.row.kind == .string, let error = line["error"], error["code"]?.string == "bad_row" {
            content.defect = error["message"]?.string ?? "it was no row before"
        }
        return content
    }

    /// What is known of an object after one walk over it.
    private struct Facts {
        var failed: Range<Int>?
        var isResult = false
        var isEmpty = true
    }

    private static func facts(of members: some Sequence<JSON.Place>, _ row: UnsafeBufferPointer<UInt8>) -> Facts {
        var facts = Facts()
        var inner: Range<Int>?
        var isFailure = false
        for member in members {
            facts.isEmpty = false
            if isMark(member, row) {
                facts.isResult = true
            } else if member.isWritten("row", in: row), row[member.value.lowerBound] != UInt8(ascii: "n") {
                inner = member.value
            } else if member.isWritten("error", in: row) {
                for part in MemberWalk(row, at: member.value.lowerBound) where part.isWritten("class", in: row) {
                    isFailure = true
                }
            }
        }
        if isFailure { facts.failed = inner }
        return facts
    }

    private static func isMark(_ member: JSON.Place, _ row: UnsafeBufferPointer<UInt8>) -> Bool {
        member.isWritten("sluice", in: row) && row[member.value.lowerBound] == UInt8(ascii: "{")
    }

    /// Whether the row has a top-level `sluice` object, which most rows have not: found without allocating.
    private static func isResult(_ row: UnsafeBufferPointer<UInt8>) -> Bool {
        MemberWalk(row).contains { isMark($0, row) }
    }

    private static func cuts(
        _ members: [(range: Range<Int>, leaves: Bool)], in row: UnsafeBufferPointer<UInt8>
    ) -> [Range<Int>] {
        guard let firstKept = members.firstIndex(where: { !$0.leaves }) else {
            // Nothing stays: the braces and the blanks beside them.
            return members.first.flatMap { first in members.last.map { [first.range.lowerBound..<$0.range.upperBound] }
            }
                ?? []
        }
        var cuts: [Range<Int>] = []
        if firstKept > 0 { cuts.append(members[0].range.lowerBound..<members[firstKept].range.lowerBound) }
        for index in members.indices.dropFirst(firstKept + 1) where members[index].leaves {
            var comma = members[index - 1].range.upperBound
            while comma < row.count, row[comma] != UInt8(ascii: ",") { comma += 1 }
            cuts.append(comma..<members[index].range.upperBound)
        }
        return cuts
    }
}
