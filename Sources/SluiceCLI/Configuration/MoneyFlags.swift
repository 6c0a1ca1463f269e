internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// Flags that say what may be spent.
struct MoneyFlags: ParsableArguments {
    @Option(
        name: .long, help: "Spend at most so much, like 20 or $20, with earlier runs into OUTPUT; exit code 4.",
        transform: Flags.money)
    var maxCost: Money?

    @Option(
        name: .long,
        help: "Prompts longer than the model reads: fail, truncate or model:NAME (default: sent as they are).",
        transform: Flags.tooLong)
    var onTooLong: TooLong?

    /// - Parameter isLook: Whether nothing is to be sent, so that nothing need be remembered.
    func apply(to options: inout RunOptions, isLook: Bool) throws(SluiceError) {
        options.maxCost = maxCost
        options.tooLong = onTooLong
        if maxCost != nil, options.output == nil, !isLook {
            throw SluiceError(
                .usage, "--max-cost needs an output file to remember what was spent",
                hint: "write the answers to a file")
        }
    }
}
