import Dispatch
import Glibc
import SluiceCore

/// A server that refuses everything, or answers, and repeats the key, as some gateways do.
final class KeyEchoServer: Sendable {
    let port: Int
    private let listener: Int32
    private let served = Guarded(0)

    /// Refuses with this status; the port is 0 if it cannot listen.
    /// - Parameters:
    ///   - header: A further line of the head; `KEY` in it is the key.
    ///   - body: Another body than an error; `KEY` in it is the key.
    init(status: Int, code: String = "x", header: String? = nil, body: String? = nil) {
        (listener, port) = Self.listen()
        DispatchQueue.global().async { [listener, served] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                served.withLock { $0 += 1 }
                Self.refuse(connection, status, code, header, body)
            }
        }
    }

    /// A socket that listens on a free port of the loopback interface.
    private static func listen() -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && Glibc.listen(listener, 64) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        return (listener, isListening ? Int(in_port_t(bigEndian: address.sin_port)) : 0)
    }

    /// Connections so far.
    var count: Int { served.withLock { $0 } }

    /// Ends the accepting thread.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func refuse(
        _ connection: Int32, _ status: Int, _ code: String, _ header: String?, _ body: String?
    ) {
        defer { close(connection) }
        var request: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // The prompts are short, and end with the braces of the body.
        while !String(decoding: request, as: UTF8.self).hasSuffix("}") {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            request += chunk[..<count]
        }
        let head = String(decoding: request, as: UTF8.self).split(separator: "\r\n")
        let key = head.first { $0.lowercased().hasPrefix("authorization:") } ?? "none"
        func filled(_ text: String) -> String {
            text.replacing("KEY", with: key.split(separator: " ").last ?? "none")
        }
        let body =
            body.map(filled)
            ?? #"{"error":{"message":"you sent \#(key)","type":"invalid_request_error","code":"\#(code)"}}"#
        let reply =
            "HTTP/1.1 \(status) No\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n"
            + "\(header.map { filled($0) + "\r\n" } ?? "")connection: close\r\n\r\n\(body)"
        _ = Array(reply.utf8).withUnsafeBytes {
            send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }
}
