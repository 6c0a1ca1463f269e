import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns text of another encoding, which comes in chunks, into UTF-8, with the system's `iconv`.
///
/// What means nothing there becomes a byte that is no UTF-8, so that its row is a bad one and the others are not.
final class Transcoder {
    private let handle: iconv_t
    private let encoding: String
    /// The bytes of its shortest character: so many are left out where they mean nothing, and what follows is read whole.
    private let unit: Int
    private var room = [CChar](repeating: 0, count: 256 << 10)
    /// The start of a character whose end has not come yet.
    private var rest: [CChar] = []

    /// - Throws: ``SluiceError`` of code `configuration` if the system does not know the encoding.
    init(from encoding: String) throws(SluiceError) {
        self.encoding = encoding
        // Spreadsheets that say GBK or GB2312 mean its extensions, too (encoding.spec.whatwg.org, names and labels).
        let name = ["gbk", "gb2312", "cp936"].contains(encoding.lowercased()) ? "GB18030" : encoding
        handle = iconv_open("UTF-8", name)
        guard Int(bitPattern: handle) != -1 else {
            throw SluiceError(
                .configuration, "the encoding '\(encoding)' is not known here",
                hint: "'iconv -l' lists those that are, like gbk, big5, shift_jis, euc-kr, latin1, utf-16")
        }
        unit = Self.unit(of: name)
    }

    deinit { if Int(bitPattern: handle) != -1 { iconv_close(handle) } }

    /// What one more letter adds to a text: 2 in UTF-16, 4 in UTF-32, else 1.
    private static func unit(of encoding: String) -> Int {
        func size(_ text: String) -> Int {
            guard let handle = iconv_open(encoding, "UTF-8"), Int(bitPattern: handle) != -1 else { return 0 }
            defer { iconv_close(handle) }
            var input = text.utf8.map { CChar(bitPattern: $0) }
            var output = [CChar](repeating: 0, count: 64)
            return convert(handle, &input, from: 0, into: &output).made
        }
        return max(1, size("aa") - size("a"))
    }

    /// Takes the next chunk and lends what it means.
    func decode(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        var bytes = rest + chunk.map { CChar(bitPattern: $0) }
        rest = []
        var used = 0
        while used < bytes.count {
            let (taken, made, error) = Self.convert(handle, &bytes, from: used, into: &room)
            used += taken
            try lend(made, body)
            switch error {
            case EILSEQ:
                try [0xFF].withUnsafeBufferPointer(body)
                used += min(unit, bytes.count - used)
            case EINVAL:
                rest = Array(bytes[used...])
                return
            default: break  // 0, or E2BIG: there is more for another step
            }
        }
    }

    /// Lends what is left at the end: a character that waited for a mark on it, and a byte for one that is not whole.
    func finish(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        let made = room.withUnsafeMutableBufferPointer { output in
            var target = output.baseAddress
            var free = output.count
            _ = iconv(handle, nil, nil, &target, &free)
            return output.count - free
        }
        try lend(made, body)
        if !rest.isEmpty { try [0xFF].withUnsafeBufferPointer(body) }
        rest = []
    }

    /// One conversion: bytes taken, bytes made, the error that ended it or 0.
    private static func convert(
        _ handle: iconv_t, _ bytes: inout [CChar], from start: Int, into room: inout [CChar]
    ) -> (taken: Int, made: Int, error: Int32) {
        bytes.withUnsafeMutableBufferPointer { input in
            room.withUnsafeMutableBufferPointer { output in
                var source = input.baseAddress.map { $0 + start }
                var left = input.count - start
                var target = output.baseAddress
                var free = output.count
                let result = iconv(handle, &source, &left, &target, &free)
                let error = result == Int(bitPattern: UInt.max) ? errno : 0
                return (input.count - start - left, output.count - free, error)
            }
        }
    }

    private func lend(_ count: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        guard count > 0 else { return }
        try room.withUnsafeBytes { bytes in
            try body(UnsafeBufferPointer(rebasing: bytes.assumingMemoryBound(to: UInt8.self)[..<count]))
        }
    }
}
