import SluiceCore
import SluiceSimulator

/// Servers that go away, and several of them of which one is not well.
extension Scenario {
    static let servers = [outage, twoServers, misdirected, failing]

    private static let outage = Scenario("an outage is sat out, and only what was in flight may be paid twice") {
        $0.rows = 400
        $0.provider.latency = .fixed(.milliseconds(50))
        $0.outage = Outage(answers: 40, span: .milliseconds(700))
        $0.expected.lost = 20
        $0.expected.leastSeconds = 0.7
    }

    private static let twoServers = Scenario("two servers with limits of their own are each used at their own") {
        $0.rows = 200
        $0.addProvider([])
        $0.keys[0].limits.requestsPerMinute = 3000
        $0.keys[1].limits.requestsPerMinute = 9000
        $0.attempts = 1
        $0.expected.attempts = [:]
        // As with two keys of one server.
        $0.expected.answersByKey = [key(1): 20...120, key(2): 80...180]
        $0.expected.leastSeconds = 0.7
    }

    private static let misdirected = Scenario("of two servers the one that redirects is left aside, and costs no row") {
        $0.rows = 200
        let redirect = Fault(
            .body("", status: 307), headers: [.init("location", "http://elsewhere.example/v1/chat/completions")])
        $0.addProvider([FaultRule(redirect)])
        $0.attempts = 1
        $0.expected.attempts = [:]
        $0.expected.answersByKey = [key(1): 200...200]
        $0.expected.requestsByKey = [key(2): 1...30]
    }

    private static let failing = Scenario("of two servers the one that fails gets next to nothing") {
        $0.rows = 300
        $0.addProvider([FaultRule(.page(502))])
        $0.expected.answersByKey = [key(1): 300...300]
        // Twenty in a row, what is on its way by then, and those that try it out.
        $0.expected.requestsByKey = [key(2): 1...50]
    }
}
