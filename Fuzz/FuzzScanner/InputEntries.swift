import SluiceCore
import SluiceStorage

/// Inputs of users: the same bytes give the same rows however they are cut, and each row of a table is an object of
/// texts.
private enum InputWalk {
    /// What the rows of an input were; `broken` if the input was refused.
    struct Reading: Equatable {
        var rows: [[UInt8]] = []
        var lines: [Int] = []
        var isBroken = false
    }

    static func read(_ bytes: [UInt8], format: InputFormat, step: Int) -> Reading {
        var reading = Reading()
        var decoder = InputDecoder(InputSource(.file("fuzz"), format: format), lineLimit: 1 << 16)
        func take(_ line: Line) {
            reading.rows.append(line.isTooLong || line.defect != nil ? [] : Array(line.text))
            reading.lines.append(line.number)
        }
        do {
            for start in stride(from: 0, to: bytes.count, by: step) {
                let part = Array(bytes[start..<min(start + step, bytes.count)])
                try part.withUnsafeBufferPointer { try decoder.decode($0, take) }
            }
            try decoder.finish(take)
        } catch {
            reading.isBroken = true
        }
        return reading
    }
}

/// Tables with a delimiter that is guessed.
enum TableEntry: FuzzEntry {
    static let name = "table"

    static func run(_ bytes: [UInt8]) -> Bool {
        let whole = InputWalk.read(bytes, format: .table(delimiter: nil), step: max(1, bytes.count))
        expect(whole == InputWalk.read(bytes, format: .table(delimiter: nil), step: 1), "the cuts change it", bytes)
        expect(whole == InputWalk.read(bytes, format: .table(delimiter: nil), step: 5), "the cuts change it", bytes)
        expect(zip(whole.lines, whole.lines.dropFirst()).allSatisfy { $0 < $1 }, "line numbers fall", bytes)
        var isRead = false
        for row in whole.rows where !row.isEmpty {
            // A cell that is no UTF-8 is a bad row later on; all else is an object of texts.
            guard String(validating: row, as: UTF8.self) != nil else { continue }
            let object = try? JSON.parse(Bytes(row))
            expect(object?.kind == .object, "a row is no object", bytes)
            expect(object?.members.allSatisfy { $0.value.kind == .string } == true, "a cell is no text", bytes)
            isRead = true
        }
        return isRead
    }

    static let corpus = [
        "id,text\n1,hello\n2,\"a, \"\"b\"\"\nc\"\n", "a;b\r\n1;2\r\n;\r\n", "a\tb\n1\t2\n", "\u{FEFF}x,y\n1,2",
        "a,b\n\"open,2\n", "a,a\n1,2\n", "\"a\"x,b\n\"1\"y,2\n", "h\n\n\n1\n", "a,b\n1\n1,2,3\n", "a,b\n\"\",\"\"\n",
    ].map { Array($0.utf8) }

    static let tokens =
        ["\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\r", "\u{FEFF}", "\",\"", "\n\"", "a", "\u{85}", "\u{2028}"]
        .map { Array($0.utf8) } + [[0xFF], [0x00]]
}

/// Packed inputs, sound ones and others.
enum PackedEntry: FuzzEntry {
    static let name = "gzip"

    static func run(_ bytes: [UInt8]) -> Bool {
        let whole = InputWalk.read(bytes, format: .lines, step: max(1, bytes.count))
        let single = InputWalk.read(bytes, format: .lines, step: 1)
        expect(whole.isBroken == single.isBroken, "the cuts decide what is sound", bytes)
        if !whole.isBroken { expect(whole == single, "the cuts change it", bytes) }
        return !whole.isBroken && bytes.starts(with: [0x1F, 0x8B])
    }

    /// `{"id":1}` and a line end: packed, stored, twice, with a name and with zeros behind it.
    static let corpus: [[UInt8]] = {
        let packed: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0xAB, 0x56, 0xCA, 0x4C, 0x51, 0xB2, 0x32, 0xAC, 0xE5, 2, 0, 0x54, 0x6D,
            0x9D, 0xD9, 9, 0, 0, 0,
        ]
        let named = packed[..<3] + [8] + packed[4..<10] + Array("rows\0".utf8) + packed[10...]
        return [packed, packed + packed, packed + [0, 0, 0, 0], Array(named), Array(packed.dropLast(9))]
    }()

    static let tokens: [[UInt8]] = [
        [0x1F, 0x8B], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3], [0, 0, 0, 0], [0xFF, 0xFF], [0x0A], [1, 0, 0, 0xFF, 0xFF],
        [8], [3, 0],
    ]
}
