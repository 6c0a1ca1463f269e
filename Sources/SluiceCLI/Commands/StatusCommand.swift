internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// `sluice status`: how the run behind an output stands.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How the run that writes OUTPUT stands, or how it ended.")

    @Argument(help: "The output of a run.", completion: .file())
    var output: String

    @Flag(name: .long, help: "Print it as JSON.")
    var json = false

    func run() throws {
        let status = try RunStatus.read(output)
        if json { return Terminal.data(status.json) }
        for line in status.lines { Terminal.data(Terminal.sanitised(line)) }
    }
}
