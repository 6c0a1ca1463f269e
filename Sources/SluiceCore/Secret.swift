/// A key or token that cannot print itself: every textual form of it is `‹secret›`.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    /// Takes a secret over.
    public init(_ value: String) {
        self.value = value
    }

    /// Lends the text; the only way to it.
    ///
    /// Never log, store or compare what comes out.
    package func reveal<R>(_ body: (String) -> R) -> R { body(value) }

    /// The last four characters, or fewer than half of a short secret, to tell keys apart.
    public var tail: String { String(value.suffix(min(4, value.count / 3))) }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { value.isEmpty }

    /// `‹secret›`.
    public var description: String { "‹secret›" }
    /// `‹secret›`.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
