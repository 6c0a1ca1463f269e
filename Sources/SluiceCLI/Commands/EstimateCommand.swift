internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// `sluice estimate`: what a run would take.
struct EstimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Tokens, money and time that a run would take; nothing is sent.",
        usage: "sluice estimate [<options>] <input>",
        discussion: """
            Takes the arguments of 'sluice run' as they are. With -o OUTPUT it knows the rows that are done, and from \
            30 of them on how long answers are; without -o it looks at all rows. No key is needed.

            examples:
              sluice estimate reviews.csv -m gpt-5-mini --prompt 'Sentiment of: {{text}}'
              sluice estimate rows.jsonl -m gpt-4o-mini --rpm 500 --tpm 200k -o out.jsonl
            """)

    @OptionGroup var asked: RunCommand

    func run() throws {
        let options = try asked.options(isLook: true)
        let estimate = try Estimate(options)
        if asked.screen.json { return Terminal.data(EstimateText.json(estimate).text) }
        for line in EstimateText.lines(estimate, limit: options.maxCost) { Terminal.data(Terminal.sanitised(line)) }
    }
}
