import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import SluiceTransport
import Testing

/// Many tasks at one pool whose server resets connections; `SLUICE_ROUNDS` makes the loops long.
@Suite(.timeLimit(.minutes(10))) struct ConnectionPoolStressTests {
    @Test func `each reply goes to its call, whatever is reset, taken back and broken off`() async throws {
        for round in 0..<Rounds.of(2) {
            var options = SimulatorOptions()
            options.threads = 2
            options.faults.reset = 0.05
            options.seed = UInt64(round)
            let isBrokenOff = round % 2 == 1
            try await withSimulator(options) { simulator in
                let transport = try await DirectTransport.start()
                let endpoint = try Endpoint(
                    base: try BaseURL(simulator.baseURL), path: "/chat/completions", headers: [])
                let done = Guarded(0)
                let (answered, reset) = (Guarded(0), Guarded(0))
                await withTaskGroup(of: Void.self) { group in
                    for task in 0..<40 {
                        group.addTask(executorPreference: task % 2 == 0 ? transport.executor : nil) {
                            for turn in 0..<20 {
                                let item = task * 100 + turn
                                let body = #"{"model":"m","messages":[{"role":"user","content":"item-\#(item)."}]}"#
                                let call = Call(endpoint: endpoint, body: Bytes(body), timeout: .seconds(60))
                                switch await transport.send(call) {
                                case .success(let reply):
                                    #expect(reply.body.text.contains("Answer to item-\(item):"))
                                    answered.withLock { $0 += 1 }
                                case .failure(let failure):
                                    #expect(failure.kind == .reset || isBrokenOff && failure.kind == .aborted)
                                    if failure.kind == .reset { reset.withLock { $0 += 1 } }
                                }
                                let work = transport.schedule(after: .milliseconds(turn % 3)) {
                                    done.withLock { $0 += 1 }
                                }
                                if turn % 2 == 0 { work.cancel() }
                            }
                        }
                    }
                    if isBrokenOff {
                        group.addTask {
                            while done.withLock({ $0 }) < 100 { await Task.yield() }
                            transport.abort()
                        }
                    }
                }
                await transport.shutdown()
                await simulator.stop()
                let counts = simulator.counts()
                let (answers, resets) = (answered.withLock { $0 }, reset.withLock { $0 })
                #expect(answers > 0 && counts.resets > 0)
                if isBrokenOff {
                    #expect(answers <= counts.answered && resets <= counts.resets)
                } else {
                    #expect((answers, resets) == (counts.answered, counts.resets) && answers + resets == 800)
                }
            }
        }
    }
}
