/// What a reply means for the engine; the seven classes of every provider.
public enum OutcomeClass: String, Sendable {
    /// An answer.
    case ok = "OK"
    /// The same request again after a back-off; uses an attempt.
    case retry = "RETRY"
    /// The quota is throttled: park it, run the request elsewhere; uses no attempt.
    case retryRoute = "RETRY_ROUTE"
    /// A day or month quota is gone: park until its reset.
    case parkDay = "PARK_DAY"
    /// The key is invalid or out of money: never again in this run; the request moves on.
    case retireKey = "RETIRE_KEY"
    /// The request itself is bad: a failed row.
    case final = "FINAL"
    /// The base URL or the model is wrong: stop this route, ask the user.
    case fatalRoute = "FATAL_ROUTE"
}
