internal import SluiceCore
internal import SluiceScheduling

/// The tries of one row, for its failure's record; the last ones only, as refusals may be many.
struct AttemptHistory {
    private static let kept = 20
    /// More than misdirect all rows of an endpoint before its circuit opens; see ``Circuit``.
    private static let mostMisdirected = 3
    private(set) var began = Instant.never
    private(set) var attempts: [Failure.Attempt] = []
    private var last: Failure?
    /// Tries that count towards the limit of attempts.
    var counted = 0
    /// Those that counted for the models before the present one.
    private(set) var countedBefore = 0
    /// Refusals for the rate, which do not count.
    var refusals = RowRefusals()
    /// How often it was misdirected where others were answered before.
    var misdirected = 0

    /// Whether the present model was asked.
    private(set) var isAsked = false

    /// Takes note that the row is sent.
    mutating func send(at now: Instant) {
        if began == .never { began = now }
        isAsked = true
    }

    mutating func add(_ failure: Failure, took span: TimeSpan) {
        last = failure
        if attempts.count == Self.kept { attempts.removeFirst() }
        attempts.append(
            Failure.Attempt(
                status: failure.status, message: failure.message, milliseconds: Int(span.nanoseconds / 1_000_000)))
    }

    /// The next model has all its tries.
    mutating func turnOver() {
        countedBefore += counted
        counted = 0
        refusals = RowRefusals()
        misdirected = 0
        isAsked = false
    }

    /// Whether it is the row that is misdirected, and not the endpoint.
    var isMisdirected: Bool { misdirected >= Self.mostMisdirected }

    /// The row's failure: the last one, with all tries.
    var failure: Failure {
        let last = last ?? Failure(.retry, message: "not tried")
        // What stops a route stops here one row, for good.
        let kind = [.fatalRoute, .retireKey].contains(last.kind) && isMisdirected ? .final : last.kind
        return Failure(kind, status: last.status, code: last.code, message: last.message, attempts: attempts)
    }

    /// The failure of a row that is refused for what it is.
    var refused: Failure {
        Failure(
            .retry, status: last?.status, code: last?.code,
            message: "refused \(refusals.count) times while others were not: \(last?.message ?? "")",
            attempts: attempts)
    }

    /// The failure of a row whose time is up.
    func overdue(_ deadline: TimeSpan) -> Failure {
        Failure(
            .retry, status: last?.status, code: "row_deadline",
            message:
                "no answer within \(deadline.text); \(last.map { "the last trouble was: \($0.message)" } ?? "it never came to its turn")",
            attempts: attempts)
    }
}
