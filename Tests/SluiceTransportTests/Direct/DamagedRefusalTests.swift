import SluiceCore
import SluiceTransport
import Testing

/// A reply that is none of success says so in its head, whatever becomes of its body.
@Suite(.timeLimit(.minutes(1))) struct DamagedRefusalTests {
    private func serve(_ damaged: String) -> RawServer {
        RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(damaged)
            // Whoever leaves may be waited for; whoever does not must be left.
            if damaged.contains("stall") { connection.waitForEnd() }
        }
    }

    @Test(arguments: [
        "content-length: 500\r\n\r\n{\"er", "content-length: 500\r\n\r\n", "transfer-encoding: chunked\r\n\r\n5\r\nab",
        "transfer-encoding: chunked\r\n\r\nxyz\r\n", "content-encoding: gzip\r\ncontent-length: 4\r\n\r\njunk",
        "content-encoding: br\r\ncontent-length: 4\r\n\r\njunk", "content-length: 40000000\r\n\r\n",
        "content-length: 9\r\n\r\nstall",
    ])
    func `a refusal with a damaged body is a reply with its status and headers`(rest: String) async throws {
        for status in [300, 401, 429, 503] {
            let server = serve("HTTP/1.1 \(status) X\r\nRetry-After: 7\r\n\(rest)")
            try await Client.with(server) { (client) async throws in
                let reply = try await client.send(timeout: .seconds(rest.hasSuffix("stall") ? 1 : 20)).get()
                #expect(reply.status == status && reply.header("retry-after") == "7" && reply.body.isEmpty)
                #expect(await client.transport.connections().idle == 0)
            }
        }
        let server = serve("HTTP/1.1 200 X\r\n\(rest)")
        try await Client.with(server) { (client) async throws in
            let failure = await client.failure(timeout: .seconds(rest.hasSuffix("stall") ? 1 : 20))
            #expect(failure?.mayBePaid == true, "\(String(describing: failure))")
        }
    }
}
