package import SluiceCore

/// Where requests go, in the form in which it is part of their hashes; made once for all of them.
package struct CacheAddress: Sendable, Hashable {
    /// What stands before the request.
    let prefix: CanonicalEncoder

    /// A model at a place, by its name there.
    package init(model: String, at base: BaseURL) {
        var encoder = CanonicalEncoder(capacity: 256)
        encoder.append(text: Bytes("sluice answer 1"))
        encoder.append(text: Bytes(base.description))
        encoder.append(text: Bytes(model))
        prefix = encoder
    }

    /// A model, wherever it is asked.
    package init(model: String) {
        var encoder = CanonicalEncoder(capacity: 128)
        encoder.append(text: Bytes("sluice question 1"))
        encoder.append(text: Bytes(model))
        prefix = encoder
    }
}
