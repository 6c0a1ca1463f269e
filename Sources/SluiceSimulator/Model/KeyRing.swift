/// Which keys may ask at all.
struct KeyRing: Sendable {
    private let accepted: Set<String>
    private let invalid: Set<String>
    private let deactivated: Set<String>
    private let exhausted: Set<String>
    /// Whether every key may ask.
    private let isOpen: Bool

    init(_ options: SimulatorOptions) {
        accepted = Set(options.keys)
        invalid = Set(options.invalidKeys)
        deactivated = Set(options.deactivatedKeys)
        exhausted = Set(options.exhaustedKeys)
        isOpen = accepted.isEmpty && invalid.isEmpty && deactivated.isEmpty
    }

    /// Why a key is not let in, or nil if it is; an exhausted one is, and may list models.
    func refusal(of key: String) -> Refusal? {
        if isOpen { return nil }
        if invalid.contains(key) { return .invalidKey(key) }
        if deactivated.contains(key) { return .deactivated }
        if accepted.isEmpty || accepted.contains(key) || exhausted.contains(key) { return nil }
        return key.isEmpty ? .noKey : .invalidKey(key)
    }

    /// Whether the quota of a key was used up before the start.
    func isExhausted(_ key: String) -> Bool { !exhausted.isEmpty && exhausted.contains(key) }
}
