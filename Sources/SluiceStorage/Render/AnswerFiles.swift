import SluiceCore

/// Several journals as one: of several answers to a row the one in the first file counts.
struct AnswerFiles {
    private final class Box {
        var index: AnswerIndex
        init(_ index: consuming AnswerIndex) { self.index = index }
    }

    private var files: [Box] = []

    /// Adds a file.
    /// - Parameter asked: Tells which of several models a line is about.
    mutating func add(
        _ path: String, answerField: String, asked: @escaping (UnsafeBufferPointer<UInt8>) -> String?
    ) throws(SluiceError) {
        files.append(Box(try AnswerIndex.read(path, answerField: answerField, asked: asked)))
    }

    /// How many lines a file has.
    static func count(_ path: String) throws(SluiceError) -> Int {
        try AnswerIndex.read(path, key: { _ in RowHash(high: 0, low: 0) }).count
    }

    /// How many lines there are in all.
    var count: Int { files.reduce(0) { $0 + $1.index.count } }

    /// The line of a row.
    func take(_ key: RowHash) throws(SluiceError) -> JSON? {
        for file in files { if let line = try file.index.take(key) { return line } }
        return nil
    }
}
