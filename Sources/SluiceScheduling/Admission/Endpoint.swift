import SluiceCore

/// What several accounts send to.
struct Endpoint: Sendable {
    private static let threshold = 20
    let name: String
    /// The accounts that send to it.
    var accounts: [Int] = []
    var circuit: Circuit

    init(name: String, waitReady: TimeSpan) {
        self.name = name
        circuit = Circuit(threshold: Self.threshold, waitReady: waitReady)
    }
}
