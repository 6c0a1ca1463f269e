/// What the command line asks for.
struct Options {
    static let usage =
        "usage: BenchScheduling [--scenario NAME] [--seed S] [--threads N] [--markdown] [--peers] [--no-times]"

    /// The one scenario to run; nil for all of them.
    var scenario: String?
    /// The one seed to run it with; nil for as many as the table says.
    var seed: UInt64?
    var threads = 2
    var isMarkdown = false
    /// Whether other clients' algorithms are run instead.
    var comparesPeers = false

    /// Whether processor time is judged; on a machine that others use it is only told.
    var judgesTimes = true

    /// Nil for what is not understood.
    init?(_ arguments: some Sequence<String>) {
        var rest = Array(arguments)[...]
        while let flag = rest.popFirst() {
            switch flag {
            case "--markdown": isMarkdown = true
            case "--peers": comparesPeers = true
            case "--no-times": judgesTimes = false
            case "--scenario":
                guard let name = rest.popFirst() else { return nil }
                scenario = name
            case "--seed":
                guard let number = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
                seed = number
            case "--threads":
                guard let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else { return nil }
                threads = number
            default: return nil
            }
        }
    }

    /// Whether everything is run, so that what holds of the table as a whole can be judged.
    var isWhole: Bool { scenario == nil && seed == nil }
}
