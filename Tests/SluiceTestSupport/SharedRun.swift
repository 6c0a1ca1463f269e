import Foundation
import HeapModule
import SluiceCore
import SluiceScheduling

/// A run against a ``SharedServer`` in virtual time, through an `AdmissionMachine`: what a concurrency, or the search for
/// one, is worth.
package struct SharedRun {
    /// The server and its answers.
    package struct Setting: Sendable {
        /// What generates the answers.
        package var server: SharedServer
        /// Tokens of an answer on average, log-normal with ``sigma``.
        package var tokens = 250.0
        /// The deviation of the logarithm of lengths.
        package var sigma = 0.6
        /// Work that each answer takes beside its tokens.
        package var reading = 0.0
        /// The deviation of the logarithm of the work that the same answer takes.
        package var noise = 0.0
        /// The share of answers that take twenty times as long.
        package var stalls = 0.0
        /// From how many at once on the server answers 503; it grows and shrinks with the capacity.
        package var refusesFrom = Double.infinity
        /// From then on, in seconds, the capacity is multiplied.
        package var change: (at: Double, factor: Double)?
        /// Rows at hand at any time.
        package var slots = 1024
        /// How long it goes on, in seconds.
        package var seconds = 600.0

        /// A server that `knee` answers at once use up, each of them written at 50 tokens per second.
        package init(knee: Double, tokens: Double = 250) {
            server = SharedServer(total: knee * 50, one: 50)
            self.tokens = tokens
        }
    }

    private struct Failure: Comparable {
        let at: Double
        let call: Int
        static func < (left: Failure, right: Failure) -> Bool { (left.at, left.call) < (right.at, right.call) }
    }

    private struct Call {
        let grant: Grant
        let tokens: Int
    }

    private let setting: Setting
    private var machine: AdmissionMachine
    private var server: SharedServer
    private var random: SplitMix64
    private var calls: [Int: Call] = [:]
    private var failures = Heap<Failure>()
    private var time = 0.0
    private var wake = Double.infinity
    private var number = 0
    private var ticket: UInt64 = 0
    /// Tokens that were answered in each second.
    package private(set) var tokens: [Double]
    /// The concurrency at the end of each second.
    package private(set) var concurrency: [Int]

    /// A run that has gone to its end, at a concurrency, or nil to look for it.
    package init(_ setting: Setting, concurrency fixed: Int?, seed: UInt64 = 1) {
        self.setting = setting
        server = setting.server
        random = SplitMix64(seed: seed)
        tokens = Array(repeating: 0, count: Int(setting.seconds) + 1)
        concurrency = []
        var limits = Limits(concurrency: fixed)
        limits.findsConcurrency = fixed == nil
        let policy = AdmissionPolicy(
            accounts: [.init(name: "lab", limits: limits)], concurrency: setting.slots, seed: seed)
        machine = AdmissionMachine(policy, now: Self.now(0))
        for _ in 0..<setting.slots { ask() }
        run()
    }

    /// Tokens per second on average between two moments.
    package func rate(_ from: Double, _ to: Double) -> Double {
        tokens[Int(from)..<Int(to)].reduce(0, +) / Double(Int(to) - Int(from))
    }

    /// The most tokens per second that any fixed concurrency of a grid reaches in the second half of the run, with the
    /// capacity that the setting ends with.
    package static func best(_ setting: Setting, of grid: [Int]) -> (concurrency: Int, rate: Double) {
        var setting = setting
        setting.server.capacity = setting.change?.factor ?? 1
        setting.change = nil
        let rates = grid.map { fixed in
            (fixed, SharedRun(setting, concurrency: fixed, seed: 99).rate(setting.seconds / 2, setting.seconds))
        }
        return rates.max { $0.1 < $1.1 } ?? (1, 0)
    }

    private static func now(_ time: Double) -> Now {
        let nanoseconds = Int64(time * 1e9)
        return Now(mono: Instant(nanoseconds: nanoseconds), wall: WallTime(nanoseconds: nanoseconds))
    }

    private mutating func run() {
        var change = setting.change
        while true {
            let next = min(server.next, failures.min?.at ?? .infinity, wake)
            if let (at, factor) = change, next >= at {
                server.advance(to: at)
                server.capacity = factor
                change = nil
                continue
            }
            while concurrency.count <= Int(min(next, setting.seconds)) {
                concurrency.append(machine.snapshot(now: Self.now(time)).accounts[0].concurrency ?? 0)
            }
            guard next < setting.seconds else { return }
            time = next
            if wake <= next {
                wake = .infinity
                send(.timer)
            } else if let failure = failures.min, failure.at <= next {
                failures.removeMin()
                settle(failure.call, .failed(reason: "http 503"))
            } else {
                let (call, _) = server.finish()
                let written = calls[call]?.tokens ?? 0
                tokens[Int(time)] += Double(written)
                settle(call, .answered(tokens: TokenUse(input: 0, output: written)))
            }
        }
    }

    private mutating func ask() {
        ticket += 1
        send(.request(Ticket(ticket)))
    }

    private mutating func settle(_ call: Int, _ settlement: Settlement) {
        guard let call = calls.removeValue(forKey: call) else { return }
        send(.settled(call.grant, settlement))
        ask()
    }

    private mutating func send(_ event: AdmissionMachine.Event) {
        for action in machine.handle(event, now: Self.now(time)) {
            switch action {
            case .grant(_, let grant): begin(grant)
            case .wake(let moment): wake = max(time, Double(moment.nanoseconds) / 1e9)
            case .refuse, .reserve, .notice: break
            }
        }
    }

    private mutating func begin(_ grant: Grant) {
        number += 1
        let length = max(1, Int(setting.tokens * spread(setting.sigma)))
        calls[number] = Call(grant: grant, tokens: length)
        if Double(server.load) >= setting.refusesFrom * server.capacity {
            failures.insert(Failure(at: time + 0.01, call: number))
            return
        }
        var work = (Double(length) + setting.reading) * spread(setting.noise)
        if setting.stalls > 0, random.unit() < setting.stalls { work *= 20 }
        server.arrive(number, work: work, at: time)
    }

    /// A log-normal number with mean 1 (Box and Muller's transform).
    private mutating func spread(_ sigma: Double) -> Double {
        guard sigma > 0 else { return 1 }
        let normal = (-2 * log(1 - random.unit())).squareRoot() * cos(2 * Double.pi * random.unit())
        return exp(sigma * normal - sigma * sigma / 2)
    }
}
