import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the line of a row in a journal or an errors file: twelve bytes for each line, the lines stay on the disk.
struct AnswerIndex: ~Copyable {
    /// What the row of a line is recognised by; nil for a line that is passed over.
    typealias Key = (UnsafeBufferPointer<UInt8>) -> RowHash?

    private let file: OpenFile
    private let key: Key
    private var table: KeyTable<HashKey>

    private init(_ file: OpenFile, _ table: consuming KeyTable<HashKey>, key: @escaping Key) {
        self.file = file
        self.table = table
        self.key = key
    }

    /// Reads a file of answers or failures; see ``read(_:key:)``.
    /// - Parameter asked: Tells which of several models a line is about; its key is then the row's for this model.
    static func read(
        _ path: String, answerField: String, asked: @escaping (UnsafeBufferPointer<UInt8>) -> String?
    ) throws(SluiceError) -> AnswerIndex {
        let field = Array(answerField.utf8)
        return try read(path) { RowContent.key(of: $0, answerField: field).asked(of: asked($0)) }
    }

    /// The models that the answers of a journal name; none, after a look at the first, where each row was asked once.
    static func models(of path: String) throws(SluiceError) -> Set<String> {
        var models: Set<String> = []
        var isPlain = false
        do {
            let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
            _ = try LineFile.read(file, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in isPlain }) { line in
                guard !isPlain, line.isTerminated, !line.isTooLong, isObject(line.text) else { return }
                if let model = AskedModel.of(answer: line.text) { models.insert(model) } else { isPlain = true }
            }
        } catch {
            throw error.stopping("read", path)
        }
        return models
    }

    /// Reads a file of whole lines; what follows the last line feed is not looked at, so another process may be writing.
    /// - Throws: ``SluiceError`` of code `io` if it cannot be read.
    static func read(_ path: String, key: @escaping Key) throws(SluiceError) -> AnswerIndex {
        do {
            let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
            var table = KeyTable<HashKey>()
            _ = try LineFile.read(file, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in false }) { line in
                guard line.isTerminated, !line.isTooLong, Self.isObject(line.text) else { return }
                if let hash = key(line.text) { table.append(HashKey(hash, offset: line.offset)) }
            }
            table.sort()
            return AnswerIndex(file, table, key: key)
        } catch {
            throw error.stopping("read", path)
        }
    }

    /// How many lines there are.
    var count: Int { table.count }

    /// The line of a row; of equal rows each gets another one, in the order of the file.
    mutating func take(_ wanted: RowHash) throws(SluiceError) -> JSON? {
        let part = wanted.high >> 9
        let run = first { $0.hashPart >= part }..<first { $0.hashPart > part }
        // Taken ones stand before the others, but for hashes that agree by chance in these bits.
        var index = run.lowerBound
        if run.count > 8 { index = firstUntaken(in: run) }
        while index < run.upperBound {
            if !table[index].isMarked {
                let line = try self.line(at: table[index].offset)
                if line.raw.withUnsafeBytes(key) == wanted {
                    table[index] = table[index].marked(true)
                    return line
                }
            }
            index += 1
        }
        return nil
    }

    /// The name of the field before the `sluice` object in the first line of a journal; nil if there is none.
    static func answerField(of path: String) throws(SluiceError) -> String? {
        var name: String?
        do {
            let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
            _ = try LineFile.read(file, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in name != nil }) { line in
                guard name == nil, isObject(line.text) else { return }
                let members = JSON(trusted: Bytes(Array(line.text.withoutOuterBlanks))).members
                guard let mark = members.lastIndex(where: { $0.isNamed("sluice") }), mark > 0 else { return }
                name = members[mark - 1].text
            }
        } catch {
            throw error.stopping("read", path)
        }
        return name
    }

    private static func isObject(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let scanner = JSONScanner(text)
        let start = scanner.blanks(0)
        guard start < text.count, text[start] == UInt8(ascii: "{"), let end = try? scanner.validate(start) else {
            return false
        }
        return scanner.blanks(end) == text.count
    }

    private func first(where condition: (HashKey) -> Bool) -> Int {
        var (lower, upper) = (0, table.count)
        while lower < upper {
            let middle = lower + (upper - lower) / 2
            if condition(table[middle]) { upper = middle } else { lower = middle + 1 }
        }
        return lower
    }

    private func firstUntaken(in run: Range<Int>) -> Int {
        var (lower, upper) = (run.lowerBound, run.upperBound)
        while lower < upper {
            let middle = lower + (upper - lower) / 2
            if table[middle].isMarked { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }

    private func line(at offset: Int) throws(SluiceError) -> JSON {
        do throws(SystemError) {
            return JSON(trusted: Bytes(try file.line(at: offset)))
        } catch {
            throw error.stopping("read", file.path)
        }
    }
}
