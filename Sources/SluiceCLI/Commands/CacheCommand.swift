internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// `sluice cache`: the answers that are kept on this machine.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Look through and clean up the answers that runs with --cache have kept.",
        discussion: """
            examples:
              sluice cache stats
              sluice cache list --model gpt-5-mini --limit 5
              sluice cache prune --max-size 5GB --older-than 30d
              sluice cache export > answers.jsonl
            """,
        subcommands: [Stats.self, List.self, Remove.self, Prune.self, Clear.self, Export.self])

    /// Where the cache is, and how it is shown.
    struct Place: ParsableArguments {
        @Option(name: .long, help: "Folder of the cache (default ~/.cache/sluice).", completion: .directory)
        var cacheDir: String?

        @Option(name: .long, help: "Configuration with a part cache: (default ./sluice.yaml).", completion: .file())
        var config: String?

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func section() throws(SluiceError) -> CacheSection {
            try CacheSection(ConfigurationFile.counting(config))
        }

        func open() throws(SluiceError) -> Cache {
            try Cache(try section().folder(cacheDir)) { Terminal.say(EventText.line($0)) }
        }

        func say(removed count: Int) {
            if json { return Terminal.data(#"{"removed":\#(count)}"#) }
            Terminal.say("removed \(NumberText.grouped(count)) answers")
        }
    }

    /// `sluice cache stats`.
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How many answers there are, of which models.")
        @OptionGroup var place: Place

        func run() throws {
            let report = try place.open().report()
            if place.json { return Terminal.data(CacheText.json(report).text) }
            for line in CacheText.lines(report) { Terminal.data(Terminal.sanitised(line)) }
        }
    }

    /// `sluice cache list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The answers, newest first.")
        @OptionGroup var place: Place

        @Option(name: .long, help: "Only answers of this model.")
        var model: String?

        @Option(name: .long, help: "At most so many (default 20).", transform: Flags.positive)
        var limit: Int?

        func run() throws {
            var left = limit ?? 20
            try place.open().forEach(newestFirst: true, model: model) { answer in
                Terminal.data(
                    place.json ? CacheText.json(answer).text : Terminal.sanitised(CacheText.line(answer)))
                left -= 1
                return left > 0
            }
        }
    }

    /// `sluice cache remove`.
    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove the answers to some requests, or of a model.")
        @OptionGroup var place: Place

        @Argument(help: "Hashes of requests, as list shows them; at least 8 digits of each.")
        var hashes: [String] = []

        @Option(name: .long, help: "Remove all answers of this model.")
        var model: String?

        func validate() throws {
            guard model != nil || !hashes.isEmpty else { throw ValidationError("name hashes, or a --model") }
            for hash in hashes where hash.count < 8 || !hash.allSatisfy(\.isHexDigit) {
                throw ValidationError("'\(hash)' is not a hash of at least 8 hexadecimal digits")
            }
        }

        func run() throws {
            let cache = try place.open()
            var removed = 0
            for hash in hashes { removed += try cache.remove(hashPrefix: hash) }
            if let model { removed += try cache.remove(model: model) }
            place.say(removed: removed)
        }
    }

    /// `sluice cache prune`.
    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the oldest answers until the rest is within limits.",
            discussion: "Without a limit here, those of the configuration's cache: are kept.")
        @OptionGroup var place: Place

        @Option(name: .long, help: "The size of all answers, like 5GB.", transform: Flags.bytes)
        var maxSize: Int?

        @Option(name: .long, help: "The number of answers, like 1M.", transform: Flags.positive)
        var maxCount: Int?

        @Option(name: .long, help: "The age of an answer, like 30d.", transform: Flags.span)
        var olderThan: TimeSpan?

        func run() throws {
            var limits = try place.section().limits
            if maxSize != nil || maxCount != nil || olderThan != nil {
                limits.maxBytes = maxSize
                limits.maxCount = maxCount
                limits.maxAge = olderThan
            }
            guard limits.maxBytes != nil || limits.maxCount != nil || limits.maxAge != nil else {
                throw ValidationError("give a limit: --max-size, --max-count or --older-than")
            }
            place.say(removed: try place.open().prune(limits))
        }
    }

    /// `sluice cache clear`.
    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove all answers.")
        @OptionGroup var place: Place

        @Flag(name: .long, help: "Do not ask.")
        var yes = false

        func run() throws {
            let cache = try place.open()
            if !yes {
                guard Terminal.isInputInteractive else {
                    throw ValidationError("--yes is needed where nobody can be asked")
                }
                let count = try cache.report().answers
                Terminal.say("remove all \(NumberText.grouped(count)) answers? They were paid for. [y/N]")
                guard ["y", "yes"].contains(readLine()?.lowercased()) else { return }
            }
            place.say(removed: try cache.clear())
        }
    }

    /// `sluice cache export`.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all answers with the provider's whole replies, one JSON object a line, oldest first.")
        @OptionGroup var place: Place

        @Option(name: .long, help: "Only answers of this model.")
        var model: String?

        func run() throws {
            try place.open().forEach(model: model) { answer in
                Terminal.data(CacheText.json(answer, withReply: true).text)
                return true
            }
        }
    }
}
