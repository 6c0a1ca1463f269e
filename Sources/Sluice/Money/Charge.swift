internal import SluiceCore

/// What an attempt takes from the purse.
enum Charge: Sendable, Equatable {
    /// Nothing: it was refused, or not sent.
    case none
    /// An answer whose price is known.
    case known(Money)
    /// At most so much: the answer or its count of tokens never arrived, but may have been charged.
    case atMost(Money)
    /// An answer of a model without a known price.
    case unknown

    /// What a budget counts: in doubt the most.
    var counted: Money {
        switch self {
        case .none, .unknown: .zero
        case .known(let cost), .atMost(let cost): cost
        }
    }

    /// What the answer's row is told.
    var cost: Money? {
        if case .known(let cost) = self { cost } else { nil }
    }
}
