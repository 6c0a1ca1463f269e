import SluiceCore
import SluiceScheduling
import Testing

struct AdaptiveConcurrencyTests {
    /// A server that answers each request in the time that `time` says for the number in flight; as many are sent as the
    /// limit allows, and as there is work.
    private struct Loop {
        var machine: AdaptiveConcurrency
        var work = Int.max
        var seconds = 0.0
        private var flights: [(number: Int, sent: Double, ends: Double)] = []
        private var number = 0

        init(most: Int = 1024) { machine = AdaptiveConcurrency(most: most) }

        mutating func run(for span: Double, ending: (Int) -> AdaptiveConcurrency.Ending?, time: (Int) -> Double) {
            let end = seconds + span
            while seconds < end {
                while flights.count < min(machine.limit, work) {
                    number += 1
                    // Not all at the same moment.
                    let ends = seconds + time(flights.count + 1) * (1 + 0.01 * Double(number % 17))
                    flights.append((number, seconds, ends))
                    machine.send(number: number, inFlight: flights.count, now: at(seconds))
                }
                guard let next = flights.indices.min(by: { flights[$0].ends < flights[$1].ends }) else { return }
                let flight = flights.remove(at: next)
                seconds = max(seconds, flight.ends)
                machine.end(
                    ending(flight.number), number: flight.number, after: .seconds(seconds - flight.sent),
                    inFlight: flights.count, now: at(seconds))
            }
        }

        mutating func run(for span: Double, time: (Int) -> Double = { _ in 1 }) {
            run(for: span, ending: { _ in .answered(tokens: 50) }, time: time)
        }
    }

    @Test func `grows as long as answers take no longer, up to what it may`() {
        var loop = Loop(most: 300)
        loop.run(for: 120)
        #expect(loop.machine.limit >= 275)
    }

    @Test func `too little work teaches nothing`() {
        var loop = Loop()
        loop.work = 6
        loop.run(for: 600)
        #expect(loop.machine.limit == 8)
        loop.work = .max
        loop.run(for: 60)
        #expect(loop.machine.limit > 100)
    }

    @Test func `one answer that takes for ever does not move it`() {
        var loop = Loop(most: 64)
        loop.run(for: 120)
        let limit = loop.machine.limit
        #expect(limit > 50)
        var slow = true
        loop.run(for: 60) { _ in
            defer { slow = false }
            return slow ? 1000 : 1
        }
        #expect(loop.machine.limit > 50)
    }

    @Test func `a failure now and then does not move it, failures in numbers cut it`() {
        var loop = Loop(most: 64)
        loop.run(for: 120, ending: { $0 % 50 == 0 ? .failed : .answered(tokens: 50) }, time: { _ in 1 })
        #expect(loop.machine.limit > 50)
        var failures = 0
        loop.run(
            for: 1.2,
            ending: { _ in
                failures += 1; return .failed
            }, time: { _ in 0.5 })
        #expect(failures > 3)
        #expect(loop.machine.limit < 50)
        loop.run(for: 120)
        #expect(loop.machine.limit > 50)
    }

    @Test func `requests that wait in the server make it step back to those that run, once they have waited twice`() {
        var loop = Loop(most: 64)
        loop.run(for: 120)
        let limit = loop.machine.limit
        let waiting = ServerGauges(running: 30, waiting: 30)
        loop.machine.note(waiting, inFlight: limit, now: at(loop.seconds + 3))
        #expect(loop.machine.limit == limit)
        loop.machine.note(waiting, inFlight: limit, now: at(loop.seconds + 4))
        #expect(loop.machine.limit == limit * 7 / 10)
    }

    @Test(arguments: [ServerGauges(running: 8, waiting: 3), ServerGauges(running: 8, waiting: 0, cacheUse: 0.97)])
    func `where requests wait, or the cache is full, no more are tried`(gauges: ServerGauges) {
        var loop = Loop()
        for _ in 0..<60 {
            loop.machine.note(gauges, inFlight: 8, now: at(loop.seconds))
            loop.run(for: 1)
            #expect(loop.machine.limit <= 8)
        }
        loop.machine.note(ServerGauges(running: 8, waiting: 0, cacheUse: 0.2), inFlight: 8, now: at(loop.seconds))
        loop.run(for: 100)
        #expect(loop.machine.limit > 100)
    }

    @Test func `others that fill a server do not drive it below where it began`() {
        var loop = Loop(most: 64)
        loop.run(for: 120)
        for second in 0..<100 {
            loop.machine.note(
                ServerGauges(running: 100, waiting: 5000), inFlight: loop.machine.limit,
                now: at(loop.seconds + 3 * Double(second)))
        }
        #expect(loop.machine.limit == 8)
    }

    @Test func `what says nothing of the server changes nothing`() {
        var loop = Loop()
        loop.run(for: 60, ending: { _ in nil }, time: { _ in 1 })
        #expect(loop.machine.limit == 8)
    }
}
