import Glibc
import SluiceTestSupport

/// One connection of a ``RawServer``, used by its own thread only.
struct RawConnection {
    /// Its number, from 0.
    let number: Int
    private let socket: Int32
    private let note: (String) -> Void

    init(_ socket: Int32, _ number: Int, note: @escaping (String) -> Void) {
        self.socket = socket
        self.number = number
        self.note = note
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Waits for a whole request and notes it; nil if the client closed the connection.
    @discardableResult
    func readRequest() -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // The head is looked at as it grows, the body only counted.
        var whole: Int?
        while bytes.count < whole ?? .max {
            let count = read(socket, &buffer, buffer.count)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            guard whole == nil, case let text = String(decoding: bytes, as: UTF8.self),
                let end = text.indexBehind("\r\n\r\n"),
                let length = text.header("content-length").flatMap({ Int($0) })
            else { continue }
            whole = text[..<end].utf8.count + length
        }
        let text = String(decoding: bytes, as: UTF8.self)
        note(text)
        return text
    }

    /// Reads nothing, and waits until the client has closed the connection.
    func waitForEnd() {
        // POLLRDHUP, which Glibc shows to C only.
        var waiting = pollfd(fd: socket, events: Int16(0x2000), revents: 0)
        while poll(&waiting, 1, 10_000) == 0 {}
    }

    /// Reads what comes first, and no more.
    func readSome() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = read(socket, &buffer, buffer.count)
    }

    /// Waits until the client's system has acknowledged everything that was sent, so that a reset cannot overtake it.
    func awaitNothingMore() {
        var left: Int32 = 1
        // SIOCOUTQ: what is in the socket's queue and not acknowledged.
        while ioctl(socket, 0x5411, &left) == 0, left > 0 { sched_yield() }
    }

    /// Takes so many bytes of whatever comes.
    func skip(_ count: Int) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var left = count
        while left > 0, case let count = read(socket, &buffer, min(left, buffer.count)), count > 0 { left -= count }
    }

    /// Does nothing for a while, as a slow server would.
    func idle(milliseconds: Int32) { poll(nil, 0, milliseconds) }

    /// Sends text in one piece.
    func send(_ text: String) { send(Array(text.utf8)[...]) }

    /// Sends text byte for byte, each in a segment of its own.
    func trickle(_ text: String) { for byte in text.utf8 { send([byte]) } }

    /// Sends bytes in one piece.
    func send(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            // A client that has gone away is part of what is tested, hence no signal.
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Closes a socket; the client is told even while a child process that was just forked holds a copy of it.
    static func end(_ socket: Int32) {
        var linger = linger()
        var length = socklen_t(MemoryLayout<Glibc.linger>.size)
        getsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, &length)
        if linger.l_onoff == 0 { shutdown(socket, Int32(SHUT_RDWR)) }
        close(socket)
    }

    /// Makes the end of the script end the connection with a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }
}

extension String {
    /// The value of a header in the head of a request.
    func header(_ name: String) -> String? {
        for line in split(separator: "\r\n") where line.lowercased().hasPrefix(name + ":") {
            return line.dropFirst(name.count + 1).drop { $0 == " " }.description
        }
        return nil
    }
}
