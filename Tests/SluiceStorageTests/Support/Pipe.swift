import Glibc

/// Both ends of a pipe.
final class Pipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { fatalError("no pipe") }
        (reading, writing) = (ends[0], ends[1])
    }

    func write(_ text: String) { write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
            guard count > 0 else { fatalError("the pipe is closed") }
            done += count
        }
    }

    /// Everything until the other end is closed.
    func readAll() -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(reading, &buffer, buffer.count)
            if count <= 0 { return content }
            content += buffer[..<count]
        }
    }
}
