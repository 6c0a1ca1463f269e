internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import SluiceCore

/// One connection: carries one exchange at a time, and knows whether it may carry another.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How much of the request is out of our hands.
    private enum Sent {
        /// Not a byte.
        case nothing
        /// Perhaps some.
        case part
        /// All.
        case all
    }

    /// What the empty buffer of a socket takes in one go, in bytes: the default of Linux (`tcp_wmem`).
    private static let singleWrite = 16 << 10

    private let pool: ConnectionPool
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var parser: ResponseParser
    /// Until when it may be idle.
    private(set) var idleUntil = NIODeadline.distantPast
    /// The exchange's next deadline; kept apart so that the watch over thousands of connections touches nothing else.
    private(set) var deadline = NIODeadline.distantFuture
    private var isReused = false
    private var sent = Sent.nothing
    private var isConnecting = true
    private let opened = NIODeadline.now()
    /// When the request was written, or a part of the reply came last; known only where a deadline follows from it.
    private var lastProgress = NIODeadline.distantPast
    /// Whether the connection broke, so that its end is not the end of a reply.
    private var isBroken = false

    init(pool: ConnectionPool, replyCap: Int) {
        self.pool = pool
        parser = ResponseParser(bodyCap: replyCap)
    }

    /// Whether somebody still waits for what the connection is made for.
    var isWanted: Bool { exchange != nil }
    /// The number of the call that it carries.
    var call: UInt64? { exchange?.number }

    /// Takes the exchange that the connection is opened for.
    func prepare(_ exchange: Exchange, connectedBy limit: NIODeadline) {
        self.exchange = exchange
        deadline = min(exchange.deadline, limit)
    }

    /// Sends an exchange on this connection, which was idle.
    func send(_ exchange: Exchange) {
        self.exchange = exchange
        isReused = true
        write()
    }

    func expire(_ now: NIODeadline) {
        guard now >= deadline, let exchange else { return }
        let call = exchange.call
        if now >= exchange.deadline {
            breakOff(.timeout, "no reply within \(call.timeout.text)")
        } else if isConnecting {
            breakOff(.connectTimeout, "no connection to \(pool.authority) in time")
        } else if parser.isEmpty, let span = call.firstByte {
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
        guard now < limit else { return breakOff(.timeout, message()) }
        deadline = min(limit, exchange?.deadline ?? limit)
    }

    /// Ends the exchange without a reply, and the connection, whose next bytes nobody could tell apart.
    func breakOff(_ kind: TransportFailure.Kind, _ message: String) {
        finish(.failure(TransportFailure(kind, message, mayBePaid: sent != .nothing)))
        drop()
    }

    /// Closes an idle connection in good order.
    func close() {
        context?.close(promise: nil)
    }

    /// Closes at once: TLS would wait seconds for a farewell that nobody needs.
    private func drop() {
        guard let context else { return }
        if pool.isSecure,
            let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
        {
            tls.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }

    func connectFailed(_ failure: TransportFailure) {
        finish(.failure(failure))
        pool.isClosed(self)
    }

    // MARK: the channel's side

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // When one address does not answer, its channel goes after that of the next has come.
        if self.context === context { self.context = nil }
    }

    func channelActive(context: ChannelHandlerContext) {
        guard exchange != nil else { return drop() }
        if !pool.isSecure { connected() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { connected() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        // Bytes that nobody asked for cannot belong to the next reply.
        guard let exchange else { return drop() }
        do throws(ResponseError) {
            try buffer.readableBytesView.withUnsafeBytes { bytes throws(ResponseError) in
                try parser.feed(bytes.assumingMemoryBound(to: UInt8.self))
            }
        } catch {
            return refuse(error)
        }
        if parser.isDone { return replyEnded() }
        if let pause = exchange.call.pause {
            lastProgress = .now()
            deadline = min(exchange.deadline, lastProgress + .nanoseconds(pause.nanoseconds))
            pool.watch(deadline)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        if exchange != nil, let failure = describe(error) { finish(.failure(failure)) }
        drop()
    }

    /// What an error means for the exchange; nil if the end of the connection, which follows, says all.
    private func describe(_ error: any Error) -> TransportFailure? {
        guard TLSFailure.isTLS(error), !TLSFailure.isEnd(error) else { return nil }
        let handler = try? context?.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        let trouble = pool.tlsFailure(handler?.peerCertificate)
        if isConnecting { return trouble.describe(error) }
        return parser.isEmpty && !isReused ? trouble.describeLate(error) : nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        pool.isClosed(self)
        guard let exchange else { return }
        if isConnecting {
            let message = "\(pool.authority) closed the connection during the tls handshake"
            return finish(.failure(TransportFailure(.refused, message, mayBePaid: false)))
        }
        if isReused, sent == .nothing, !exchange.isResent {
            self.exchange = nil
            return pool.resend(exchange)
        }
        // A body that ends with its connection is whole only if the connection ended in good order.
        if !isBroken { parser.finish() }
        if parser.isDone { return replyEnded() }
        let part = parser.isEmpty ? "before the reply" : "in mid-reply"
        finish(
            .failure(TransportFailure(.reset, "the connection was closed \(part)", mayBePaid: sent != .nothing)))
    }

    // MARK: one exchange

    private func connected() {
        isConnecting = false
        pool.isConnected(self, since: opened)
        guard exchange != nil else { return drop() }
        write()
    }

    private func write() {
        guard let context, let exchange else { return }
        sent = .nothing
        let call = exchange.call
        deadline = exchange.deadline
        if call.firstByte != nil || call.pause != nil { watchProgress(call) }
        let prefix = call.endpoint.prefix
        var buffer = context.channel.allocator.buffer(capacity: prefix.count + call.body.count + 24)
        buffer.writeBytes(prefix)
        buffer.writeString(String(call.body.count))
        buffer.writeStaticString("\r\n\r\n")
        _ = call.body.withUnsafeBytes { buffer.writeBytes(UnsafeRawBufferPointer($0)) }
        // What is larger goes out in several writes, of which a later one may be the first that fails.
        if buffer.readableBytes > Self.singleWrite { sent = .part }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenSuccess { self.sent = .all }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: flushed)
        // The first try to write is over now. If it neither failed nor took everything, it may have taken a part.
        if sent == .nothing, self.exchange?.number == exchange.number { sent = .part }
    }

    private func watchProgress(_ call: Call) {
        lastProgress = .now()
        if let span = call.firstByte { deadline = min(deadline, lastProgress + .nanoseconds(span.nanoseconds)) }
        pool.watch(deadline)
    }

    private func replyEnded() {
        guard let head = parser.head, exchange != nil else { return drop() }
        // Not if its end is in doubt, and not if it came before its request was out, the rest of which is on the wire.
        let isReusable = head.isKeptAlive && sent == .all && !parser.hasExcess && !isBroken
        var body = parser.next()
        if head.coding != .identity {
            do throws(ResponseError) {
                body = try pool.decode(body, head.coding)
            } catch {
                return refuse(error)
            }
        }
        if isReusable, pool.keep(self, head.keepAlive, until: &idleUntil) {
            finish(.success(Reply(head, body: Bytes(body))))
        } else {
            finish(.success(Reply(head, body: Bytes(body))))
            drop()
        }
    }

    private func refuse(_ error: ResponseError) {
        switch error {
        case .tooLarge: breakOff(.tooLarge, "the reply is larger than \(ByteText.text(pool.replyCap))")
        case .bomb:
            breakOff(.tooLarge, "the reply's body grows more than \(Inflater.ratioCap) times when it is decoded")
        case .malformed(let why): breakOff(.malformed, "the reply is not http: \(why)")
        }
    }

    private func finish(_ result: Result<Reply, TransportFailure>) {
        guard let exchange else { return }
        self.exchange = nil
        deadline = .distantFuture
        exchange.finish(result)
    }
}
