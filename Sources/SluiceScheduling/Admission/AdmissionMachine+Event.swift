package import SluiceCore

extension AdmissionMachine {
    /// What can happen to admission.
    package enum Event: Sendable {
        /// A request wants to be sent; it is answered by exactly one `grant` or `refuse`.
        ///
        /// `model` is the caller's number of the model, `demand` what the request is expected to cost; before `notBefore` the request waits without holding up
        /// others and takes a retry from the budget; `avoiding` is the credential that failed it, used again only if no
        /// other is at hand; a retry goes before fresh requests, unless it yields to those that wait; `fallback` is the
        /// place, from 1, of the models in ``AdmissionPolicy/fallbacks`` that may be asked instead, 0 for none.
        case request(
            Ticket, model: ModelIndex = 0, demand: TokenDemand = TokenDemand(), notBefore: Instant? = nil,
            avoiding: CredentialIndex? = nil, isRetry: Bool = false, yields: Bool = false, fallback: Int = 0)
        /// A granted request ended; it cost so much, in doubt the most.
        case settled(Grant, Settlement, cost: Money = .zero)
        /// A part of a day's limit was counted for this run; answers an ``AdmissionMachine/Action/reserve(_:)``.
        case reserved(DayReservation)
        /// The reply to a granted request said what the limits are; comes before its settlement.
        case told(Grant, ToldLimits)
        /// The credentials are others than before: one element for each account, behind them those that are new.
        case rekeyed([AccountKeys])
        /// The moment asked for by ``AdmissionMachine/Action/wake(at:)`` has come; harmless at any other time.
        case timer
        /// A waiting request is given up: refused as `cancelled` if it still waits, otherwise nothing.
        case cancel(Ticket)
        /// A connection became ready so long after it was asked for, TLS included.
        ///
        /// Optional. It tells how late the first refusals can arrive, and so how steep the opening ramp may be.
        case connected(after: TimeSpan)
        /// What the server of an account says of its load with a model; comes every now and then, where it does.
        case gauges(ServerGauges, account: Int, model: ModelIndex)
        /// No request comes for the first time any more: those that wait go by their expected answers, longest first.
        case drained
        /// No more grants: all that waits and all that comes is refused as `stopped`.
        case stop
    }
}
