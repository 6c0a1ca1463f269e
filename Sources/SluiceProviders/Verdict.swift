package import SluiceCore

/// What a reply that is no answer means.
package struct Verdict: Sendable, Equatable {
    /// What the engine does about it.
    package let kind: OutcomeClass
    /// The provider's code, or its type if it has none.
    package let code: String?
    /// One line for people.
    package let message: String
    /// How long the provider asks to wait.
    package let wait: TimeSpan?
    /// Whether the fault lies with this model rather than with the row, the key or the address.
    package let concernsModel: Bool
    /// Whether the reply had the shape of an error of the dialect; a page has not.
    package let isStructured: Bool
    /// What people can do about it, where more is known than the class tells.
    package let hint: String?

    package init(
        _ kind: OutcomeClass, code: String?, message: String, wait: TimeSpan? = nil, concernsModel: Bool = false,
        isStructured: Bool = true, hint: String? = nil
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.wait = wait
        self.concernsModel = concernsModel
        self.isStructured = isStructured
        self.hint = hint
    }
}
