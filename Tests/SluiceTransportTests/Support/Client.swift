import SluiceCore
import SluiceTransport
import Testing

/// A transport and the server that it calls, both ended with the test.
struct Client {
    let transport: DirectTransport
    let endpoint: Endpoint

    func send(
        _ body: String = "{}", timeout: TimeSpan = .seconds(20), firstByte: TimeSpan? = nil, pause: TimeSpan? = nil,
        room: Int = 0
    ) async -> Result<Reply, TransportFailure> {
        await transport.send(
            Call(
                endpoint: endpoint, body: Bytes(body), timeout: timeout, firstByte: firstByte, pause: pause, room: room)
        )
    }

    /// The failure of a call that must not succeed.
    func failure(
        _ body: String = "{}", timeout: TimeSpan = .seconds(20), firstByte: TimeSpan? = nil, pause: TimeSpan? = nil
    ) async -> TransportFailure? {
        switch await send(body, timeout: timeout, firstByte: firstByte, pause: pause) {
        case .success(let reply):
            Issue.record("a reply came: \(reply.status) \(reply.body.text)")
            return nil
        case .failure(let failure): return failure
        }
    }

    /// The body of the reply to a call that must succeed.
    func body(_ question: String = "{}") async throws -> String { try await send(question).get().body.text }

    /// Lends a transport for a base URL and shuts it down afterwards.
    static func with<R>(
        _ base: String, headers: [(name: String, value: String)] = [], settings: DirectSettings = DirectSettings(),
        _ body: (Client) async throws -> R
    ) async throws -> R {
        let transport = try await DirectTransport.start(settings)
        let endpoint = try Endpoint(base: try BaseURL(base), path: "/chat", headers: headers)
        let result: Result<R, any Error>
        do {
            result = .success(try await body(Client(transport: transport, endpoint: endpoint)))
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        return try result.get()
    }

    /// Lends a transport for a server, and ends both afterwards.
    static func with<R>(
        _ server: RawServer, headers: [(name: String, value: String)] = [],
        settings: DirectSettings = DirectSettings(), _ body: (Client) async throws -> R
    ) async throws -> R {
        defer { server.stop() }
        return try await with("http://127.0.0.1:\(server.port)/v1", headers: headers, settings: settings, body)
    }
}

/// A reply with status 200 that leaves the connection open.
func ok(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\nX-Thing: a\r\n\r\n\(body)"
}
