extension JSONBuilder {
    /// Writes a member with a text; null without one.
    public mutating func member(_ name: String, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    /// Writes a member with a whole number; null without one.
    public mutating func member(_ name: String, _ number: Int?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    /// Writes a member with a number; null without one, or for one that is not finite.
    public mutating func member(_ name: String, _ number: Double?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    /// Writes a member that is true or false; null for neither.
    public mutating func member(_ name: String, _ flag: Bool?) {
        key(name)
        if let flag { value(flag) } else { null() }
    }

    /// Writes a member with an amount in dollars, exactly; null without one.
    public mutating func member(_ name: String, _ amount: Money?) {
        key(name)
        if let amount { value(amount) } else { null() }
    }

    /// Writes a member whose value is JSON text already; null without one.
    public mutating func member(_ name: String, raw text: Bytes?) {
        key(name)
        if let text { raw(text) } else { null() }
    }
}
