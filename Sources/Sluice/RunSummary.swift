public import SluiceCore

/// How a run ended.
public struct RunSummary: Sendable {
    /// Where every row went.
    public let counts: RunCounts
    /// What each model did where every row is asked of several, in the order in which they were named; else empty.
    public let models: [ModelCounts]
    /// From the first row to the last durable line.
    public let elapsed: TimeSpan
    /// Failed rows by cause, most first.
    public let failures: [FailureGroup]
    /// The money, with what earlier runs into the output have spent.
    public let spent: SpentMoney
    /// What `max_tokens` cost, if it held the run back.
    public let reservation: Reservation?
    /// The requests in flight at once that the servers did best with; nil where that was not looked for.
    public let foundConcurrency: Int?
    /// Why it ended early; nil if it did not.
    public let cause: StopCause?
    /// Where the answers are; nil for the standard output.
    public let outputPath: String?
    /// Where the failed rows are; nil if they are not kept.
    public let errorsPath: String?

    /// Rows answered, from wherever, or failed per second, over the whole run.
    public var meanRate: Double {
        let rows = counts.answered + counts.cached + counts.deduplicated + counts.failed
        return elapsed > .zero ? Double(rows) / elapsed.seconds : 0
    }

    /// The exit code of the process (FEATURES F66); of several that apply the gravest.
    public var exitCode: Int32 {
        guard counts.isConserved else { return SluiceError.Code.invariant.exitCode }
        switch cause {
        case .error(let error): return error.code.exitCode
        case .interrupted: return 130
        case .terminated: return 75
        case .exhausted: return counts.answered > 0 ? SluiceError.Code.exhausted.exitCode : 2
        case .dayUsedUp: return SluiceError.Code.exhausted.exitCode
        case .budget: return SluiceError.Code.budget.exitCode
        case .firstFailure, nil: return counts.failed > 0 ? 1 : 0
        }
    }
}
