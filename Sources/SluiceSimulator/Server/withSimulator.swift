/// Runs a simulated provider for as long as the closure takes, with its ledger kept in memory.
/// - Throws: what ``Simulator/start(_:)`` and the closure throw.
public func withSimulator<Result>(
    _ options: SimulatorOptions = SimulatorOptions(), _ body: (Simulator) async throws -> Result
) async throws -> Result {
    var options = options
    options.keepsLedger = true
    let simulator = try await Simulator.start(options)
    do {
        let result = try await body(simulator)
        await simulator.stop()
        return result
    } catch {
        await simulator.stop()
        throw error
    }
}
