package import SluiceCore

/// A part of a day's limit that a run wants to have counted.
package struct DayUse: Sendable, Equatable {
    /// The account, by its keys: a hash of each, never a key itself.
    ///
    /// All are charged, and the one with most counts, so that runs with some of the keys know of each other.
    package var keys: [String]
    /// The model, as the provider calls it.
    package var model: String
    /// The dimension, by a name that stays: `requests`, `tokens`, `money`.
    package var kind: String
    /// The share of the account that the run has, like `1/2`, or empty for all of it.
    ///
    /// A run with a share does not see what other shares use.
    package var share: String
    /// The most in a day.
    package var limit: Int64
    /// The least that is of use.
    package var need: Int64
    /// What the run would take.
    package var wanted: Int64
    /// The present time.
    package var now: WallTime
    /// Until when what is taken now counts against the limit.
    package var until: WallTime

    package init(
        keys: [String], model: String, kind: String, share: String = "", limit: Int64, need: Int64, wanted: Int64,
        now: WallTime, until: WallTime
    ) {
        self.keys = keys
        self.model = model
        self.kind = kind
        self.share = share
        self.limit = limit
        self.need = need
        self.wanted = wanted
        self.now = now
        self.until = until
    }

    /// What was counted.
    package struct Granted: Sendable, Equatable {
        /// So much may be used.
        package let amount: Int64
        /// When there is enough, if there was not; nil otherwise.
        package let spentUntil: WallTime?

        package init(amount: Int64, spentUntil: WallTime?) {
            self.amount = amount
            self.spentUntil = spentUntil
        }
    }
}
