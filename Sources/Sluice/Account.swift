public import SluiceCore

/// What shares limits: an address and the keys of one account there.
public struct Account: Sendable {
    /// A name for people.
    public var name: String
    /// Where the provider is.
    public var base: BaseURL
    /// The keys; none for a server that wants none.
    public var keys: [Secret]
    /// What the account allows, all its keys together.
    public var limits: Limits

    /// An account at a provider.
    public init(name: String, base: BaseURL, keys: [Secret], limits: Limits = Limits()) {
        self.name = name
        self.base = base
        self.keys = keys
        self.limits = limits
    }
}
