/// Tells a row from what an earlier run added to it: the `sluice` object and the answer field.
enum RowContent {
    /// The parts of a row to leave out, in order; nil if no earlier run has added any.
    ///
    /// A member leaves with exactly one of the commas beside it, the one before it where a member that stays stands
    /// before it: `{"a":1,"output":"x","sluice":{}}` without them is `{"a":1}`.
    static func cuts(in row: UnsafeBufferPointer<UInt8>, answerField: [UInt8]) -> [Range<Int>]? {
        guard isResult(row) else { return nil }
        var walk = MemberWalk(row)
        var members: [(range: Range<Int>, leaves: Bool)] = []
        while let member = walk.next() {
            members.append((member.range, isMark(member, of: walk, row) || walk.isNamed(member, answerField)))
        }
        return cuts(members, in: row)
    }

    private static func isMark(
        _ member: MemberWalk.Member, of walk: MemberWalk, _ row: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        walk.isNamed(member, "sluice") && row[member.value.lowerBound] == UInt8(ascii: "{")
    }

    /// Whether the row has a top-level `sluice` object, which most rows have not: found without allocating.
    private static func isResult(_ row: UnsafeBufferPointer<UInt8>) -> Bool {
        var walk = MemberWalk(row)
        while let member = walk.next() { if isMark(member, of: walk, row) { return true } }
        return false
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
