/// What a simulated provider has done so far: requests = answered + refused + resets + in flight.
public struct SimulatorCounts: Sendable, Equatable {
    /// Requests that have come in whole, and whose turn on their connection has come.
    public var requests = 0
    /// Requests that were answered with 200, lists of models included, sent or not.
    public var answered = 0
    /// Requests that were refused, by status, sent or not.
    public var refused: [Int: Int] = [:]
    /// Requests that were left without even a head, on purpose.
    public var resets = 0
    /// Answers and refusals among them that could not be sent because the client was gone.
    public var unsent = 0
    /// Requests whose reply, whatever it is, has not come to its last step; what waits behind another request on its
    /// connection is not counted yet, and what stalls for ever is until the client goes.
    public var inFlight = 0
    /// The most requests that were in flight at once.
    public var mostInFlight = 0
    /// Tokens of the prompts that were answered.
    public var inputTokens = 0
    /// Tokens of the answers.
    public var outputTokens = 0

    /// Nothing yet.
    public init() {}
}
