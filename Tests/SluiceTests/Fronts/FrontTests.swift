import Testing

/// The same scenarios, with the same expectations, over the decisions alone, the run without sockets and the real thing.
@Suite(.timeLimit(.minutes(2))) struct FrontTests {
    @Test(arguments: Scenario.all, Front.allCases)
    func `the same comes of it on every front`(scenario: Scenario, front: Front) async throws {
        try await front.run(scenario).check(scenario)
    }

    @Test(arguments: Scenario.all)
    func `in virtual time the same seed gives the same requests at the same moments`(scenario: Scenario) async throws {
        let first = try await Front.machine.run(scenario)
        let second = try await Front.machine.run(scenario)
        #expect(first.requests.map(\.time) == second.requests.map(\.time))
        #expect(first.requests.map(\.item) == second.requests.map(\.item))
    }
}
