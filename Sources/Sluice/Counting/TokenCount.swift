public import SluiceCore
internal import SluiceStorage
public import SluiceTokens

/// The tokens of all rows of some files: sums, distribution, rows that are too long.
public struct TokenCount: Sendable {
    /// A line that could not be counted.
    public struct BadRow: Sendable {
        /// The name of the input.
        public let file: String
        /// The line in it, from 1.
        public let line: Int
        /// What is wrong with it.
        public let message: String
    }

    /// Rows with one value of the column that they are grouped by.
    public struct Group: Sendable {
        /// The value as text; empty for rows without it.
        public let value: String
        /// The number of rows.
        public var rows = 0
        /// Their tokens.
        public var tokens = 0
    }

    /// More groups are counted as one, with the value `…`.
    public static let mostGroups = 10_000
    /// More rows above the context are counted, but not named.
    public static let mostNamed = 1000

    /// Rows that were counted.
    public private(set) var rows = 0
    /// Lines that could not be.
    public private(set) var bad = 0
    /// The first of those.
    public private(set) var firstBad: BadRow?
    /// Tokens of all rows.
    public private(set) var tokens = 0
    /// Rows by the way their tokens are known.
    public private(set) var methods: [TokenEstimate.Method: Int] = [:]
    /// The encodings that were counted with, and the models without one that is public, in order of appearance.
    public private(set) var countedWith: [String] = []
    /// Rows with more tokens than the context.
    public private(set) var over = 0
    /// The first of those.
    public private(set) var overRows: [CountedRow] = []
    /// What there was room for: one number, or one for each model's context.
    public private(set) var contexts: Set<Int> = []
    /// Rows that were cut.
    public private(set) var cut = 0
    /// The groups, in order of appearance.
    public private(set) var groups: [Group] = []
    /// The row with the most tokens.
    public private(set) var largest: CountedRow?
    private var places: [String: Int] = [:]
    private var sizes: [UInt32] = []
    private var sorted: [UInt32] = []

    /// Counts.
    /// - Parameter onRow: Called with each row, in order.
    /// - Throws: ``SluiceError`` if an input or a vocabulary cannot be read, or what is asked makes no sense.
    public init(_ options: CountOptions, onRow: (CountedRow) -> Void = { _ in }) throws(SluiceError) {
        var counter = try RowCounter(options)
        for input in options.inputs {
            let source = input.map { InputSource.file($0) } ?? .standardInput
            var failure: SluiceError?
            try AllRecords.read(source) { item in
                guard failure == nil else { return }
                do throws(SluiceError) {
                    switch try counter.count(item, file: source.name) {
                    case .success(let counted):
                        add(counted, options)
                        onRow(counted.row)
                    case .failure(let bad):
                        self.bad += 1
                        if firstBad == nil {
                            firstBad = BadRow(file: source.name, line: bad.line, message: bad.message)
                        }
                    }
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
        countedWith = counter.countedWith
        sorted = sizes.sorted()
        sizes = []
    }

    /// The number of tokens that this share of the rows, 0 to 1, does not exceed; nil without rows.
    public func quantile(_ share: Double) -> Int? {
        guard !sorted.isEmpty else { return nil }
        let place = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return Int(sorted[min(max(place, 0), sorted.count - 1)])
    }

    /// How many rows have from `from` to `upTo` tokens: 0, 1, 2–3, 4–7 and so on, from the smallest to the largest row.
    public var histogram: [(from: Int, upTo: Int, rows: Int)] {
        var bars: [(from: Int, upTo: Int, rows: Int)] = []
        for size in sorted {
            let from = size == 0 ? 0 : 1 << (31 - size.leadingZeroBitCount)
            while bars.last?.from != from {
                let next = bars.last.map { $0.upTo + 1 } ?? from
                bars.append((next, next == 0 ? 0 : next * 2 - 1, 0))
            }
            bars[bars.count - 1].rows += 1
        }
        return bars
    }

    private mutating func add(_ counted: RowCounter.Counted, _ options: CountOptions) {
        let row = counted.row
        let size = row.estimate.tokens
        rows += 1
        tokens += size
        methods[row.estimate.method, default: 0] += 1
        sizes.append(UInt32(clamping: size))
        if size > largest?.estimate.tokens ?? -1 { largest = row }
        if counted.wasCut { cut += 1 }
        if let context = row.context {
            contexts.insert(context)
            if size > context {
                over += 1
                if overRows.count < Self.mostNamed { overRows.append(row) }
            }
        }
        guard let group = counted.group else { return }
        let name = places[group] != nil || groups.count < Self.mostGroups ? group : "…"
        let place = places[name] ?? groups.count
        if place == groups.count {
            places[name] = place
            groups.append(Group(value: name))
        }
        groups[place].rows += 1
        groups[place].tokens += size
    }
}
