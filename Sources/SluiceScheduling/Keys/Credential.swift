/// One credential of an account, as admission sees it.
struct Credential: Sendable {
    let label: String
    /// Why it is not used again, or nil while it is.
    var retired: String?
    var inFlight = 0
    var granted = 0
    var throttled = 0
    /// The number of the grant that used it last; the smallest goes next.
    var lastUse: UInt64 = 0

    var isLive: Bool { retired == nil }
}
