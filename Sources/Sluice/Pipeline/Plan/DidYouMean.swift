/// The nearest of several names, for hints.
package enum DidYouMean {
    /// The name that takes the fewest edits, if that is at most a third of its length; the first of several.
    package static func nearest(to name: String, among names: [String]) -> String? {
        let scored = names.map { (name: $0, edits: distance(Array(name.lowercased()), Array($0.lowercased()))) }
        guard let best = scored.min(by: { $0.edits < $1.edits }) else { return nil }
        // Two letters that changed places count as two edits; that is forgiven where the word begins alike.
        let allowed = best.name.first == name.first ? max(2, best.name.count / 3) : max(1, best.name.count / 3)
        return best.edits <= allowed && best.edits < best.name.count ? best.name : nil
    }

    /// Levenshtein's distance with swapped neighbours as one edit, two rows of the table at a time.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var above: [Int] = []
        var row = Array(0...right.count)
        for i in left.indices {
            var next = [i + 1]
            for j in right.indices {
                let substituted = row[j] + (left[i] == right[j] ? 0 : 1)
                var best = min(substituted, next[j] + 1, row[j + 1] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { best = min(best, above[j - 1] + 1) }
                next.append(best)
            }
            above = row
            row = next
        }
        return row[right.count]
    }
}
