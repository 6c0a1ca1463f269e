package import SluiceCore

/// How a granted request ended, as far as admission cares.
package enum Settlement: Sendable, Equatable {
    /// The endpoint answered; `tokens` is what it charged, prompt and answer together, nil if it did not say.
    ///
    /// Also for a reply that fails the row for good (a bad request): the endpoint lives and the key is fine.
    case answered(tokens: TokenUse?)
    /// A server error, a reset or a timeout; the request may have been executed, so its reservation stays charged.
    ///
    /// `reason` is for people.
    case failed(reason: String)
    /// A server says that it has too much to do (503, 529), and perhaps for how long: a failure from which more is
    /// learned, how many it bears at once.
    case overloaded(reason: String, wait: TimeSpan?)
    /// What answered is not what was meant (a redirect, a page in the place of the API, a refused certificate): the
    /// endpoint, and not the row, has to change.
    case misdirected(reason: String, hint: String?)
    /// Broken off after it was sent, as another was quicker: it stays charged and says nothing of the endpoint.
    case abandoned
    /// Refused because of a rate; `wait` is what the reply asked for, nil if it did not say.
    case throttled(wait: TimeSpan?)
    /// A day or month quota of the account is gone until then.
    case parked(until: Instant, reason: String)
    /// The credential is invalid or out of money: it is not used again in this run.
    case retired(reason: String)
    /// The credential may not use this model, others perhaps; it may use other models.
    case barred(reason: String)
    /// The endpoint could not be reached at all (connection refused, no such host): nothing was sent.
    case unreachable(reason: String)
    /// The grant was not used: nothing was sent.
    case returned
}
