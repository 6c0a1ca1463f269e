import SluiceScheduling

/// What was sent, refused and answered, second by second.
struct AnswerLog: Sendable {
    /// Requests and their tokens.
    struct Amount: Sendable {
        var requests = 0.0
        var input = 0.0
        var output = 0.0

        mutating func add(_ other: Amount) {
            requests += other.requests
            input += other.input
            output += other.output
        }
    }

    /// By key, and by the second in which they were sent.
    private var answers: [[Amount]]
    private var sends: [Double] = []
    private var refusals: [Double] = []

    init(keys: Int) {
        answers = Array(repeating: [], count: keys)
    }

    mutating func sent(at now: Int64) { Self.add(1, to: &sends, at: Int(now / 1_000_000_000)) }
    mutating func refused(at seconds: Double) { Self.add(1, to: &refusals, at: Int(seconds)) }

    mutating func answered(_ tokens: TokenUse, key: Int, at sent: Int64) {
        let second = Int(sent / 1_000_000_000)
        while answers[key].count <= second { answers[key].append(Amount()) }
        answers[key][second].add(Amount(requests: 1, input: Double(tokens.input), output: Double(tokens.output)))
    }

    /// What was answered of what a key sent in these seconds; of all keys if none is named.
    func answered(key: Int? = nil, _ from: Int, _ to: Int) -> Amount {
        var sum = Amount()
        for index in key.map({ $0...$0 }) ?? 0...max(0, answers.count - 1) where index < answers.count {
            for second in from..<max(from, min(to, answers[index].count)) {
                sum.add(answers[index][second])
            }
        }
        return sum
    }

    /// How many of a thousand sends were refused in these seconds.
    func refused(_ from: Int, _ to: Int) -> Double {
        let sent = Self.sum(sends, from, to)
        return sent == 0 ? 0 : Self.sum(refusals, from, to) / sent * 1000
    }

    private static func sum(_ amounts: [Double], _ from: Int, _ to: Int) -> Double {
        let end = min(to, amounts.count)
        return from < end ? amounts[from..<end].reduce(0, +) : 0
    }

    private static func add(_ amount: Double, to amounts: inout [Double], at second: Int) {
        while amounts.count <= second { amounts.append(0) }
        amounts[second] += amount
    }
}
