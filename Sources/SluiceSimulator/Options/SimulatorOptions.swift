public import SluiceCore

/// How the simulated provider behaves: what it accepts, how fast it answers, what it refuses and breaks.
///
/// The defaults answer every request at once, without limits or faults, on a free port of the loopback interface.
public struct SimulatorOptions: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one, see ``Simulator/port``.
    public var port = 0
    /// Threads that serve connections, at least 1.
    public var threads = 1

    /// Keys that are accepted; if there are none, any key or no key is.
    public var keys: [String] = []
    /// Keys that are refused with 401 `invalid_api_key`.
    public var invalidKeys: [String] = []
    /// Keys that are refused with 429 `insufficient_quota`.
    public var exhaustedKeys: [String] = []
    /// Keys that are refused with 401 `account_deactivated`.
    public var deactivatedKeys: [String] = []
    /// The number of answers after which a key turns into an exhausted one, by key.
    public var answersUntilExhausted: [String: Int] = [:]

    /// Models that exist; if there are none, every name does.
    public var models: [String] = []
    /// Keys that share a quota; every other key is an account by itself.
    public var accounts: [SharedAccount] = []
    /// What each account may use.
    public var limits = AccountLimits()
    /// What each account may use of single models, instead and apart from the rest.
    public var modelLimits: [String: AccountLimits] = [:]
    /// When the tokens of answers are charged.
    public var charging = ChargeModel.reserve(givesBack: true)
    /// How long an answer takes.
    public var latency = Latency()
    /// What generates the answers, instead of ``Latency/perToken``, or nil if each takes its time by itself.
    public var engine: Engine?
    /// The length of an answer, in tokens of four bytes, at least 1; `max_tokens` cuts it short.
    public var answerTokens = 46
    /// The spread of that length: the standard deviation of its logarithm; 0 makes all answers equally long.
    public var answerSigma = 0.0
    /// What goes wrong at random.
    public var faults = FaultRates()
    /// What goes wrong by script, before anything at random.
    public var script: [FaultRule] = []

    /// Whether the 429 of a limit and the errors of ``faults`` say when to come back, in `retry-after` (whole seconds) and
    /// `retry-after-ms`; what an error of ``script`` says is sent in any case.
    public var sendsRetryAfter = true
    /// Whether the message of a 429 that will pass says when: `Please try again in 20ms`.
    public var saysWaitInMessage = true
    /// Which headers announce the limits that are set.
    public var headers = HeaderStyle.openAI
    /// The shape of the bodies of errors.
    public var errors = ErrorStyle.openAI

    /// Decides everything random: what befalls a request follows from the seed, its content and a count of its own,
    /// whatever else is asked meanwhile (``ProviderRequest/content``).
    public var seed: UInt64 = 1
    /// How many times as fast as a clock the provider lives, more than 0: with 10, a limit of 60 per minute lets 600
    /// through, announces 600, and an answer that takes 5 s takes 0.5 s.
    public var speed = 1.0

    /// The largest request body that is read, in bytes; a larger one is refused with 413.
    public var bodyLimit = 64 << 20
    /// The file to which a line of JSON per request is appended, or nil for none.
    public var ledgerPath: String?
    /// Whether the ledger is also kept in memory, for ``Simulator/ledger()``; it then grows with every request.
    public var keepsLedger = false

    /// A provider without limits, latency or faults.
    public init() {}

    /// Checks that every number is in its range.
    /// - Throws: ``SluiceError`` with code `usage` that names the option.
    public func validate() throws(SluiceError) {
        func check(_ holds: Bool, _ message: String) throws(SluiceError) {
            guard holds else { throw SluiceError(.usage, message) }
        }
        try check((0...65535).contains(port), "port must be between 0 and 65535, not \(port)")
        try check(threads >= 1, "threads must be at least 1, not \(threads)")
        try check(answerTokens >= 1, "answer length must be at least 1 token, not \(answerTokens)")
        try check(speed > 0 && speed.isFinite, "speed must be more than 0, not \(speed)")
        try check(bodyLimit >= 0, "body limit must not be negative")
        try check(limits.isValid, "limits must be more than 0 and at most 1e15")
        for account in accounts {
            try check(
                account.limits?.isValid ?? true,
                "limits of account \(account.name) must be more than 0 and at most 1e15")
        }
        let keys = accounts.flatMap(\.keys)
        try check(Set(keys).count == keys.count, "a key can be in one account only")
        for (model, limits) in modelLimits.sorted(by: { $0.key < $1.key }) {
            try check(limits.isValid, "limits of model \(model) must be more than 0 and at most 1e15")
        }
        try check(engine?.isValid ?? true, "figures of the engine must be more than 0")
        try check(answerSigma >= 0 && answerSigma.isFinite, "spread of the answers' length must not be negative")
        try check(latency.isValid, "latency must not be negative")
        for (place, rule) in script.enumerated() {
            try check(rule.isValid, "rule \(place + 1) of the fault script has a number that is out of range")
        }
        try check(faults.isValid, "fault rates must be between 0 and 1, and no more than 1 together")
    }
}
