/// One parser that is fed with arbitrary bytes; each has a file of its own and is listed in ``FuzzEntries``.
protocol FuzzEntry: SendableMetatype {
    /// What `--entry` and `SLUICE_FUZZ` call it.
    static var name: String { get }

    /// Valid and nearly valid inputs that random damage starts from.
    static var corpus: [[UInt8]] { get }

    /// Short pieces that mean something to the parser and are put in at random.
    static var tokens: [[UInt8]] { get }

    /// Feeds the parser and stops the process if a promise is broken; whether the input was valid is returned.
    static func run(_ bytes: [UInt8]) -> Bool
}

extension FuzzEntry {
    /// Stops the process with the input, so that it can be kept as a test.
    static func expect(_ isTrue: Bool, _ promise: @autoclosure () -> String, _ bytes: [UInt8]) {
        guard !isTrue else { return }
        fatalError("\(name): \(promise()): \(bytes) (\(String(decoding: bytes, as: UTF8.self)))")
    }
}
