internal import NIOCore
internal import SluiceCore

extension Connection {
    /// Ends or puts off what its deadline was for, if that has come.
    func expire(_ now: NIODeadline) {
        guard now >= deadline, let exchange else { return }
        let call = exchange.call
        if now >= exchange.deadline {
            giveUp(.timeout, "no reply within \(call.timeout.text)")
        } else if isConnecting, socket != nil, now < connectLimit {
            handshakeFailed("no tls handshake in time", isTimeout: true)
        } else if isConnecting {
            breakOff(.connectTimeout, "no connection to \(pool.authority) in time")
        } else if parser.isEmpty, sent == .all, let span = call.firstByte {
            wait(until: lastProgress + .nanoseconds(span.nanoseconds), now) {
                "not a byte of a reply within \(span.text)"
            }
        } else if !parser.isEmpty, let span = call.pause {
            wait(until: lastProgress + .nanoseconds(span.nanoseconds), now) {
                "the reply paused for longer than \(span.text)"
            }
        } else {
            deadline = exchange.deadline
        }
    }

    private func wait(until limit: NIODeadline, _ now: NIODeadline, _ message: () -> String) {
        guard now < limit else { return giveUp(.timeout, message()) }
        deadline = min(limit, exchange?.deadline ?? limit)
    }
}
