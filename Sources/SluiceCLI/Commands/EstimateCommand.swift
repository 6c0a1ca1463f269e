internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// `sluice estimate`: what a run would take.
struct EstimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Tokens, money and time that a run would take; nothing is sent.",
        discussion: """
            Takes the flags of 'sluice run'. With -o OUTPUT it knows the rows that are done, and from 30 of them on \
            how long answers are; no key is needed.
            """)

    @Argument(help: "JSONL file of rows.", completion: .file(extensions: ["jsonl"]))
    var input: String

    @Option(name: .shortAndLong, help: "Output of the run, if there is one already.", completion: .file())
    var output: String?

    @Option(name: .shortAndLong, help: "Model; replaces the rows' own.")
    var model: String?

    @Option(name: .shortAndLong, help: "Requests in flight at once.", transform: ConcurrencyFlag.init)
    var concurrency: ConcurrencyFlag?

    @Option(name: [.customShort("n"), .long], help: "Send at most so many rows.", transform: Flags.positive)
    var rows: Int?

    @OptionGroup(title: "Asking") var asking: AskingFlags
    @OptionGroup(title: "Where to") var account: AccountFlags
    @OptionGroup(title: "Money") var money: MoneyFlags

    @Flag(name: .long, help: "Print it as JSON.")
    var json = false

    func run() throws {
        var options = RunOptions()
        options.input = input == "-" ? nil : input
        options.output = output == "-" ? nil : output
        options.asking = try asking.asking(model: model)
        options.accounts = try account.accounts(needsKeys: false)
        options.totalRequestsPerMinute = account.totalRpm
        options.concurrency = concurrency?.slots
        options.rowLimit = rows
        options.tooLong = money.onTooLong
        options.catalogue = try account.catalogue()
        let estimate = try Estimate(options)
        if json { return Terminal.data(EstimateText.json(estimate).text) }
        for line in EstimateText.lines(estimate) { Terminal.data(Terminal.sanitised(line)) }
        if let limit = money.maxCost, let cost = estimate.cost, estimate.spent + cost.expected > limit {
            Terminal.data("--max-cost \(limit.text) would end the run before its last row")
        }
    }
}
