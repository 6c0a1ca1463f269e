import Glibc
import SluiceCore
import SluiceTestSupport
import SluiceTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct DirectTransportTests {
    @Test func `a port on which nobody listens refuses`() async throws {
        try await Client.with("http://127.0.0.1:\(RawServer.freePort())") { (client) async throws in
            let failure = await client.failure()
            #expect(failure?.kind == .refused)
            #expect(failure?.mayBePaid == false)
        }
    }

    @Test func `a name without address is unresolved`() async throws {
        // RFC 6761 reserves `.invalid` for names that never exist.
        try await Client.with("http://no-such-host.invalid") { (client) async throws in
            let failure = await client.failure()
            #expect(failure?.kind == .unresolved, "\(String(describing: failure))")
            #expect(failure?.mayBePaid == false)
        }
    }

    @Test(arguments: [false, true])
    func `a call ends with its timeout, even if bytes still come`(isTrickling: Bool) async throws {
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            if isTrickling { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome") }
            connection.readRequest()
        }
        try await Client.with(server) { (client) async throws in
            let clock = ContinuousClock()
            let start = clock.now
            let failure = await client.failure(timeout: .milliseconds(200))
            #expect(failure?.kind == .timeout)
            #expect(failure?.mayBePaid == true)
            #expect(clock.now - start >= .milliseconds(200))
        }
    }

    @Test func `several hundred calls at once each get their own reply`() async throws {
        let server = RawServer { connection in
            while let request = connection.readRequest() { connection.send(ok("re:" + request.suffix(4))) }
        }
        try await Client.with(server) { (client) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1000..<1400 {
                    group.addTask(executorPreference: number % 2 == 0 ? client.transport.executor : nil) {
                        () async throws in
                        for _ in 0..<5 { #expect(try await client.body("\(number)") == "re:\(number)") }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(server.requests.count == 2000)
        #expect(server.connections <= 400)
    }

    @Test func `abort ends every call under way and refuses new ones`() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let server = RawServer { connection in
            guard connection.readRequest() != nil else { return }
            arrival.yield()
            connection.readRequest()
        }
        try await Client.with(server) { (client) async throws in
            async let failures = withTaskGroup(of: TransportFailure?.self) { group in
                for _ in 0..<50 { group.addTask { await client.failure() } }
                return await group.reduce(into: [TransportFailure?]()) { $0.append($1) }
            }
            var arrived = arrivals.makeAsyncIterator()
            for _ in 0..<50 { await arrived.next() }
            client.transport.abort()
            let all = await failures
            #expect(all.count == 50)
            #expect(all.allSatisfy { $0?.kind == .aborted && $0?.mayBePaid == true })
            let late = await client.failure()
            #expect(late?.kind == .aborted)
            #expect(late?.mayBePaid == false)
        }
        #expect(server.connections == 50)
    }

    @Test func `authorities that cannot be read stop the start, or the first secure call, and are named`() async throws
    {
        let folder = TemporaryFolder()
        try TextFile.write("hello\n", to: folder.file("junk.pem"))
        for (path, reason) in [
            ("/nonexistent/authorities.pem", "no such file"), (folder.file("junk.pem"), "no certificate in it"),
            (folder.path, "no file is named after a hash"),
        ] {
            var settings = DirectSettings()
            settings.tls.authorities = [path]
            let error = await #expect(throws: SluiceError.self) { try await DirectTransport.start(settings) }
            #expect(error?.code == .configuration)
            #expect(error?.message.contains("'\(path)'") == true && error?.message.contains(reason) == true)
            settings.tls.areAuthoritiesReadLate = true
            let server = RawServer { connection in
                while connection.readRequest() != nil { connection.send(ok("a")) }
            }
            try await Client.with(server, settings: settings) { (client) async throws in
                #expect(try await client.body() == "a")
            }
            try await Client.with("https://127.0.0.1:\(server.port)", settings: settings) { (client) async throws in
                let failure = await client.failure()
                #expect(failure?.kind == .tls && failure?.message == error?.message)
            }
        }
    }

    @Test func `scheduled work runs once its time has come, unless it was taken back`() async throws {
        try await Client.with("http://127.0.0.1:1") { (client) async throws in
            let (runs, run) = AsyncStream.makeStream(of: Int.self)
            let cancelled = client.transport.schedule(after: .milliseconds(400)) { run.yield(1) }
            _ = client.transport.schedule(after: .milliseconds(600)) { run.yield(2) }
            _ = client.transport.schedule(after: TimeSpan(nanoseconds: -5)) { run.yield(3) }
            cancelled.cancel()
            var next = runs.makeAsyncIterator()
            #expect(await next.next() == 3)
            #expect(await next.next() == 2)
        }
    }
}
