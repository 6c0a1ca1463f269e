import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns text of another encoding, which comes in chunks, into UTF-8, with the system's `iconv`.
///
/// A byte that means nothing there becomes one that is no UTF-8, so that its row is a bad one and the others are not.
final class Transcoder {
    private let handle: iconv_t
    private let encoding: String
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
    }

    deinit { if Int(bitPattern: handle) != -1 { iconv_close(handle) } }

    /// Takes the next chunk and lends what it means.
    func decode(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        var bytes = rest + chunk.map { CChar(bitPattern: $0) }
        rest = []
        var used = 0
        while used < bytes.count {
            let (taken, made, error) = step(&bytes, from: used)
            used += taken
            try lend(made, body)
            switch error {
            case EILSEQ:
                try [0xFF].withUnsafeBufferPointer(body)
                used += 1
            case EINVAL:
                rest = Array(bytes[used...])
                return
            default: break  // 0, or E2BIG: there is more for another step
            }
        }
    }

    /// Lends what is left at the end.
    func finish(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        if !rest.isEmpty { try [0xFF].withUnsafeBufferPointer(body) }
        rest = []
    }

    /// One conversion: bytes taken, bytes made, the error that ended it or 0.
    private func step(_ bytes: inout [CChar], from start: Int) -> (taken: Int, made: Int, error: Int32) {
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
