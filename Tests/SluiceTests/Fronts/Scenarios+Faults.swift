import SluiceCore
import SluiceSimulator

/// Replies that are broken, late or missing.
extension Scenario {
    static let faults = [errors, resets, mended, hopeless, stalled, refusedForGood]

    /// The rows that meet a fault.
    private static func rules(_ faults: [Int: Fault.Kind], tries: Int) -> [FaultRule] {
        faults.sorted { $0.key < $1.key }.map { row, fault in
            FaultRule(.init(prompt: "item-\(row)", nth: 1...tries), fault)
        }
    }

    /// One row for each way in which a reply is no answer; all but the page and the 503 may have been paid for.
    private static let malformed: [Int: Fault.Kind] = [
        7: .body("busy", status: 200), 23: .truncate(.json), 42: .page(502), 55: .error(.usual(200)),
        63: .truncate(.length), 70: .truncate(.chunked), 81: .error(.usual(503)), 88: .reset(.body),
    ]

    private static let errors = Scenario("server errors are tried again with another attempt") {
        $0.provider.faults = .init(serverError: 0.06, unavailable: 0.04)
        $0.attempts = 8
    }

    private static let resets = Scenario("connections that are reset are tried again with another attempt") {
        $0.provider.faults = .init(reset: 0.1)
        $0.attempts = 8
        $0.expected.lost = nil
    }

    private static let mended = Scenario("a malformed reply is asked for again, and counted where it may be paid") {
        $0.provider.script = rules(malformed, tries: 1)
        $0.attempts = 2
        $0.expected.attempts = malformed.mapValues { _ in 2 }
        $0.expected.lost = 6
    }

    private static let hopeless = Scenario("a row without a sound reply fails as the last one says, each try counted") {
        $0.provider.script = rules(malformed, tries: 100)
        $0.attempts = 3
        $0.expected.attempts = malformed.mapValues { _ in 3 }
        $0.expected.failures = [
            7: "RETRY", 23: "RETRY", 42: "RETRY", 55: "RETRY server_error", 63: "RETRY reset", 70: "RETRY reset",
            81: "RETRY server_is_overloaded", 88: "RETRY reset",
        ]
        $0.expected.lost = 18
    }

    private static let stalled = Scenario("what stalls is given up after the timeout, and may be paid for each time") {
        // Long enough for the others on a machine that is busy.
        $0.timeout = .seconds(8)
        $0.provider.script =
            rules([7: .stall(.before, nil), 23: .stall(.head, nil), 42: .stall(.body, nil)], tries: 1)
            + rules([55: .stall(.before, nil), 63: .stall(.body, nil)], tries: 2)
        $0.attempts = 2
        $0.expected.attempts = [7: 2, 23: 2, 42: 2, 55: 2, 63: 2]
        $0.expected.failures = [55: "RETRY timeout", 63: "RETRY timeout"]
        $0.expected.lost = 7
        $0.expected.leastSeconds = 8
    }

    private static let refusedForGood = Scenario("a request that is refused for itself is not sent again") {
        $0.provider.script = rules(
            [
                7: .error(
                    Refusal(400, "This model's maximum context length is 8192.", code: "context_length_exceeded")),
                42: .error(.usual(422)),
            ], tries: 100)
        $0.expected.attempts = [:]
        $0.expected.failures = [7: "FINAL context_length_exceeded", 42: "FINAL unprocessable_entity"]
    }
}
