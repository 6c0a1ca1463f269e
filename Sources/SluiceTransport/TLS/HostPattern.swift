/// A host name of a certificate, whose first label may stand for any other (RFC 6125 §6.4).
package struct HostPattern: Sendable, Hashable {
    private let labels: [Substring]

    package init(_ text: String) { labels = HostPattern.labels(text) }

    /// Whether it is the name of a host, whatever the case of both.
    ///
    /// `*` stands for one whole label, and only where two more follow: `*.com` is nobody's.
    package func matches(_ host: String) -> Bool {
        let others = HostPattern.labels(host)
        guard labels.count == others.count, !others.contains("") else { return false }
        if labels == others { return true }
        return labels.count >= 3 && labels[0] == "*" && labels[1...] == others[1...]
    }

    /// The labels of a name in lower case, without the dot that may end it.
    private static func labels(_ name: String) -> [Substring] {
        let name = name.lowercased()
        return (name.hasSuffix(".") ? name.dropLast() : name[...]).split(
            separator: ".", omittingEmptySubsequences: false)
    }
}
