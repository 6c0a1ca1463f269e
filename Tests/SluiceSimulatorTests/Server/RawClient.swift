import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A connection that sends exactly the bytes it is given and waits for replies; it never waits longer than 10 s.
final class RawClient {
    struct Reply {
        var status: Int
        var headers: [String: String]
        var body: Bytes

        /// The body as JSON, or null if it is none.
        var json: JSON? { try? JSON.parse(body) }
        /// The `code` of the error.
        var errorCode: String? { json?["error"]?["code"]?.string }
        /// The text of the first choice.
        var content: String? { json?["choices"]?.first?["message"]?["content"]?.string }
    }

    /// How a connection ended instead of a reply.
    enum Ending: Error, Equatable {
        case closed
        case reset
        case failed(Int32)
    }

    private let descriptor: Int32
    private var received: [UInt8] = []
    private var isOpen = true

    init(port: Int) throws {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        descriptor = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Ending.failed(errno) }
        // Thirty seconds as the two words of a `timeval`, whose members the compiler now and then finds in no module.
        let patience = [30, 0]
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, patience, socklen_t(2 * MemoryLayout<Int>.size))
    }

    deinit { disconnect() }

    func disconnect() {
        if isOpen { close(descriptor) }
        isOpen = false
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
                let flags = Int32(MSG_NOSIGNAL)
            #else
                let flags: Int32 = 0
            #endif
            let count = rest.withUnsafeBytes { Self.send(descriptor, $0, flags) }
            guard count > 0 else { throw Ending.failed(errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a text so many times as long as it is taken at once, tried for a second; returns the bytes that were taken.
    func sendWithoutWaiting(_ text: String, times: Int) throws -> Int {
        let patience = [1, 0]
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, patience, socklen_t(2 * MemoryLayout<Int>.size))
        let bytes = Array(text.utf8)
        var taken = 0
        for _ in 0..<times {
            var rest = bytes[...]
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = rest.withUnsafeBytes { Self.send(descriptor, $0, Int32(MSG_NOSIGNAL)) }
                #else
                    let count = rest.withUnsafeBytes { Self.send(descriptor, $0, 0) }
                #endif
                guard count > 0 else { return taken }
                taken += count
                rest = rest.dropFirst(count)
            }
        }
        return taken
    }

    /// Sends a request with a body, and its length.
    func post(_ path: String, _ body: String, key: String? = "sk-test-0001", headers: String = "") throws {
        let authorization = key.map { "authorization: Bearer \($0)\r\n" } ?? ""
        try send(
            "POST \(path) HTTP/1.1\r\nhost: localhost\r\n\(authorization)\(headers)"
                + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Asks a question and waits for the answer.
    func chat(_ words: String, key: String? = "sk-test-0001", more: String = "") throws -> Reply {
        try post(
            "/v1/chat/completions", #"{"model":"m","messages":[{"role":"user","content":"\#(words)"}]\#(more)}"#,
            key: key)
        return try reply()
    }

    func get(_ path: String, method: String = "GET") throws -> Reply {
        try send("\(method) \(path) HTTP/1.1\r\nhost: localhost\r\n\r\n")
        return try reply(hasBody: method != "HEAD")
    }

    /// Waits for the next reply.
    func reply(hasBody: Bool = true) throws -> Reply {
        while true {
            if let end = headEnd() {
                let lines = String(decoding: received[..<end], as: UTF8.self).split(separator: "\r\n")
                let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].dropFirst()) : ""
                }
                let length = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
                while received.count < end + 4 + length { try receive() }
                let body = Bytes(Array(received[(end + 4)..<(end + 4 + length)]))
                received.removeFirst(end + 4 + length)
                return Reply(status: status, headers: headers, body: body)
            }
            try receive()
        }
    }

    /// Waits for the next head, and leaves what comes behind it.
    func head() throws -> String {
        while true {
            if let end = headEnd() {
                defer { received.removeFirst(end + 4) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            try receive()
        }
    }

    /// Waits for the next chunk of a body in the chunked coding; nothing is in the last one.
    func chunk() throws -> String {
        while true {
            if let end = received.firstIndex(of: 10),
                case let line = String(decoding: received[..<(end - 1)], as: UTF8.self),
                let size = Int(line, radix: 16), received.count >= end + 1 + size + 2
            {
                let text = String(decoding: received[(end + 1)..<(end + 1 + size)], as: UTF8.self)
                received.removeFirst(end + 1 + size + 2)
                return text
            }
            try receive()
        }
    }

    /// Waits for the next reply, whose body is in the chunked coding, and takes all of it.
    func chunkedReply() throws -> (reply: Reply, chunks: [String]) {
        let reply = try reply()
        var chunks: [String] = []
        while case let chunk = try chunk(), !chunk.isEmpty { chunks.append(chunk) }
        return (reply, chunks)
    }

    /// Waits for the end of the connection and says how it came; bytes before it are an error.
    func ending() -> Ending? {
        do {
            try receive()
            return nil
        } catch {
            return error
        }
    }

    /// Takes everything that comes until the connection ends, and says how it ended; see ``rest``.
    func drain() -> Ending {
        while true {
            do { try receive() } catch { return error }
        }
    }

    /// Takes so many bytes; see ``rest``.
    func receive(atLeast count: Int) throws { while received.count < count { try receive() } }

    /// What has come and belongs to no reply yet, as text.
    var rest: String { String(decoding: received, as: UTF8.self) }

    private func headEnd() -> Int? {
        let mark: [UInt8] = [13, 10, 13, 10]
        guard received.count >= 4 else { return nil }
        return (0...received.count - 4).first { received[$0..<$0 + 4].elementsEqual(mark) }
    }

    private func receive() throws(Ending) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count != 0 else { throw .closed }
        guard count > 0 else { throw errno == ECONNRESET ? .reset : .failed(errno) }
        received.append(contentsOf: chunk[..<count])
    }

    private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ flags: Int32) -> Int {
        #if canImport(Glibc)
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #else
            Darwin.send(descriptor, bytes.baseAddress, bytes.count, flags)
        #endif
    }
}
