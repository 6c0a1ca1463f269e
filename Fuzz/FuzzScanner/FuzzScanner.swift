#if !SLUICE_LIBFUZZER
    #if canImport(Glibc)
        import Glibc
    #else
        import Darwin
    #endif

    /// The deterministic form: `FuzzScanner --cases 10000000 --seed 1 [--entry json] [--first 0]`, so many cases for each
    /// parser, or for one.
    ///
    /// It needs no special build and runs everywhere; a failing case is named by its number.
    @main
    struct FuzzScanner {
        static func main() {
            var cases = 1_000_000
            var seed: UInt64 = 1
            var first = 0
            var entries = FuzzEntries.all
            var rest = CommandLine.arguments.dropFirst()
            while let flag = rest.popFirst() {
                let value = rest.popFirst() ?? ""
                switch flag {
                case "--cases": cases = required(Int(value))
                case "--seed": seed = required(UInt64(value))
                case "--first": first = required(Int(value))
                case "--entry": entries = [required(FuzzEntries.named(value))]
                default: stop()
                }
            }
            for entry in entries { run(entry, cases: first..<first + max(0, cases), seed: seed) }
        }

        private static func required<T>(_ value: T?) -> T { value ?? { stop() }() }

        private static func stop() -> Never {
            let names = FuzzEntries.all.map { $0.name }.joined(separator: "|")
            print("usage: FuzzScanner [--cases N] [--seed S] [--first N] [--entry \(names)]")
            exit(64)
        }

        private static func run(_ entry: any FuzzEntry.Type, cases: Range<Int>, seed: UInt64) {
            CrashReport.install()
            let mutator = Mutator(corpus: entry.corpus, tokens: entry.tokens)
            let clock = ContinuousClock()
            let start = clock.now
            var valid = 0
            var bytes = 0
            for number in cases {
                if (number - cases.lowerBound) % 100_000 == 0 { CrashReport.isAlive() }
                CrashReport.note(number)
                let input = mutator.input(seed: seed, number: number)
                bytes += input.count
                if entry.run(input) { valid += 1 }
            }
            let (whole, part) = start.duration(to: clock.now).components
            let seconds = Double(whole) + Double(part) / 1e18
            print(
                "\(entry.name): \(cases.count) cases, seed \(seed), \(valid) valid, \(bytes / max(1, cases.count)) bytes each,",
                "\((seconds * 10).rounded() / 10) s, \(Int(Double(cases.count) / seconds)) cases/s, no crash")
            // What was found so far is not lost with a crash in the next parser.
            fflush(nil)
        }
    }
#endif
