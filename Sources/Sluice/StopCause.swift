public import SluiceCore

/// Why a run ended before its input did.
public enum StopCause: Sendable {
    /// The user asked for it (SIGINT).
    case interrupted
    /// The system asked for it (SIGTERM).
    case terminated
    /// No key is left; a reason for each.
    case exhausted([String])
    /// The limits per day are used up; when there is more, how long that is from now, and what of each account.
    case dayUsedUp(until: WallTime, wait: TimeSpan, reasons: [String])
    /// The next request could pass the amount that may be spent; what was spent of it, in all runs.
    case budget(limit: Money, spent: Money)
    /// A row failed, and that was to stop the run.
    case firstFailure
    /// The run cannot go on.
    case error(SluiceError)
}

extension StopCause {
    /// A short name for `--json` and the manifest.
    public var name: String {
        switch self {
        case .interrupted: "interrupted"
        case .terminated: "terminated"
        case .exhausted: "exhausted"
        case .dayUsedUp: "day_used_up"
        case .budget: "budget"
        case .firstFailure: "first_failure"
        case .error(let error): error.code.name
        }
    }
}
