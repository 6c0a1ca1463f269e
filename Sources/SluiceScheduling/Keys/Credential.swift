import SluiceCore

/// One credential of an account, as admission sees it.
struct Credential: Sendable {
    private(set) var label: String
    /// Why it is not used again, or nil while it is.
    var retired: String?
    /// The models that it may not use, and why.
    private(set) var barred: [ModelIndex: String] = [:]
    var inFlight = 0
    var granted = 0
    var throttled = 0
    /// The number of the grant that used it last; the smallest goes next.
    var lastUse: UInt64 = 0
    /// When it was last answered.
    var answered = Instant(nanoseconds: .min)
    /// Whether requests get through with it while others of its endpoint are answered.
    var circuit = Circuit(threshold: 10)

    init(label: String) {
        self.label = label
    }

    var isLive: Bool { retired == nil }

    func serves(_ model: ModelIndex) -> Bool {
        retired == nil && (barred.isEmpty || barred[model] == nil)
    }

    /// Gives it a new chance with every model.
    mutating func revive(label: String) {
        self.label = label
        retired = nil
        barred = [:]
    }

    mutating func bar(_ model: ModelIndex, reason: String) { barred[model] = reason }
}
