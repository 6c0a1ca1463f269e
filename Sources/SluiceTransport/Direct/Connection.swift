internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import SluiceCore

/// One connection: carries one exchange at a time, and knows whether it may carry another.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How much of the request is out of our hands.
    enum Sent {
        /// Not a byte.
        case nothing
        /// Perhaps some.
        case part
        /// All.
        case all
    }

    /// What the empty buffer of a socket takes in one go, in bytes: half of the default of Linux (`tcp_wmem`), as TLS
    /// adds to it.
    private static let singleWrite = 8 << 10

    let pool: ConnectionPool
    private(set) var context: ChannelHandlerContext?
    /// What the system knows the connection by, once it is made.
    private(set) var socket: NIOBSDSocket.Handle?
    var exchange: Exchange?
    var parser: ResponseParser
    /// The replies that it has brought.
    private var recent = ReplyNames.Recent()
    /// Until when it may be idle.
    private(set) var idleUntil = NIODeadline.distantPast
    /// The exchange's next deadline; kept apart so that the watch over thousands of connections touches nothing else.
    var deadline = NIODeadline.distantFuture
    private var isReused = false
    private(set) var sent = Sent.nothing
    private(set) var isConnecting = true
    /// Until when a connection may be made.
    private(set) var connectLimit = NIODeadline.distantFuture
    /// The handshake that follows when the connection is made.
    private var handshake: Handshake?
    private let opened = NIODeadline.now()
    /// When the request was out, or a part of the reply came last; known only where a deadline follows from it.
    private(set) var lastProgress = NIODeadline.distantPast
    /// The memory that there is for the reply.
    var room = ReplyRoom(size: 0)
    /// Whether the connection has ended.
    private var isClosed = false
    /// Whether the connection broke, so that its end is not the end of a reply.
    private var isBroken = false

    init(pool: ConnectionPool, replyCap: Int) {
        self.pool = pool
        parser = ResponseParser(bodyCap: replyCap)
    }

    /// Whether somebody still waits for what the connection is made for.
    var isWanted: Bool { exchange != nil }
    /// Whether nothing has come since the last reply: a second one would be taken for the answer to what is sent next.
    var isSilent: Bool {
        guard let socket, let context, context.channel.isActive else { return false }
        return !SocketOptions.hasUnread(socket)
    }
    /// The number of the call that it carries.
    var call: UInt64? { exchange?.number }

    /// Takes the exchange that the connection is opened for.
    func prepare(_ exchange: Exchange, connectedBy limit: NIODeadline) {
        self.exchange = exchange
        connectLimit = limit
        deadline = min(exchange.deadline, limit)
    }

    /// Takes note that a handshake is part of the way to the next address.
    func awaitHandshake(
        until limit: NIODeadline, atFailure: @escaping (_ reason: String, _ isTimeout: Bool) -> Void,
        atSuccess: @escaping () -> Void
    ) {
        handshake = Handshake(limit: limit, atFailure: atFailure, atSuccess: atSuccess)
    }

    /// Sends an exchange on this connection, which was idle.
    func send(_ exchange: Exchange) {
        self.exchange = exchange
        isReused = true
        write()
    }

    /// Ends the exchange without a reply, and the connection, whose next bytes nobody could tell apart.
    func breakOff(_ kind: TransportFailure.Kind, _ message: String) {
        finish(.failure(TransportFailure(kind, message, mayBePaid: sent != .nothing)))
        drop()
    }

    /// Ends the exchange without a whole reply.
    ///
    /// What refuses the request is one all the same: its head says what it is, its body would only explain it.
    func giveUp(_ kind: TransportFailure.Kind, _ message: String) {
        guard let head = parser.head, head.status >= 300 else { return breakOff(kind, message) }
        finish(.success(Reply(head, body: Bytes([]), taken: room.given)))
        drop()
    }

    /// Closes an idle connection in good order.
    func close() {
        context?.close(promise: nil)
    }

    /// Closes at once: TLS would wait seconds for a farewell that nobody needs.
    private func drop() {
        if let context { drop(context) }
    }

    private func drop(_ context: ChannelHandlerContext) {
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
        socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable { $0 }
        guard let exchange, let handshake else { return connected() }
        deadline = min(exchange.deadline, handshake.limit)
        pool.watch(deadline)
    }

    /// Leaves an address at which the handshake came to nothing, for the next one.
    func handshakeFailed(_ reason: String, isTimeout: Bool = false) {
        guard let exchange, let handshake else { return drop() }
        let left = context
        (context, socket, self.handshake, isBroken) = (nil, nil, nil, false)
        deadline = min(exchange.deadline, connectLimit)
        pool.watch(deadline)
        if let left { drop(left) }
        handshake.atFailure(reason, isTimeout)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            if let failure = pool.identityFailure(peerCertificate) {
                finish(.failure(failure))
                drop()
            } else {
                connected()
            }
        }
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
        advance(exchange)
    }

    /// Goes on with what has come of the reply, if there is memory for what will.
    func advance(_ exchange: Exchange) {
        guard !room.isHeld, parser.bodySize <= room.size || hasRoom(parser.bodySize) else { return }
        if parser.isDone { return replyEnded() }
        if let pause = exchange.call.pause {
            lastProgress = .now()
            deadline = min(exchange.deadline, lastProgress + .nanoseconds(pause.nanoseconds))
            pool.watch(deadline)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard self.context === context else { return }
        isBroken = true
        let failure = exchange == nil ? nil : describe(error)
        if isConnecting, failure == nil {
            return handshakeFailed(TLSFailure.isEnd(error) ? TLSFailure.end : TLSFailure.passing(error))
        }
        if let failure { finish(.failure(failure)) }
        drop()
    }

    /// What an error means for the exchange; nil if the end of the connection, which follows, says all.
    private func describe(_ error: any Error) -> TransportFailure? {
        guard !TLSFailure.isEnd(error) else { return nil }
        let trouble = pool.tlsFailure(peerCertificate)
        if isConnecting { return trouble.describe(error) }
        return parser.isEmpty && !isReused ? trouble.describeLate(error) : nil
    }

    private var peerCertificate: NIOSSLCertificate? {
        (try? context?.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self))?.peerCertificate
    }

    func channelInactive(context: ChannelHandlerContext) {
        // The way to an address that was left is of no interest any more.
        guard self.context === context else { return }
        if isConnecting, exchange != nil { return handshakeFailed(TLSFailure.end) }
        isClosed = true
        // Who still waits, for memory that is, must be found by those who cancel it.
        guard let exchange else { return pool.isClosed(self) }
        if isReused, sent == .nothing, !exchange.isResent {
            self.exchange = nil
            pool.isClosed(self)
            return pool.resend(exchange)
        }
        // A body that ends with its connection is whole only if the connection ended in good order.
        if !isBroken { parser.finish() }
        if parser.isDone { return replyEnded() }
        let part = parser.isEmpty ? "before the reply" : "in mid-reply"
        giveUp(.reset, "the connection was closed \(part)")
    }

    // MARK: one exchange

    private func connected() {
        isConnecting = false
        handshake?.atSuccess()
        handshake = nil
        pool.isConnected(self, since: opened)
        guard exchange != nil else { return drop() }
        write()
    }

    private func write() {
        guard let context, let exchange else { return }
        sent = .nothing
        let call = exchange.call
        room = ReplyRoom(size: pool.memory == nil ? .max : call.room)
        deadline = exchange.deadline
        let prefix = call.endpoint.prefix
        var buffer = context.channel.allocator.buffer(capacity: prefix.count + call.body.count + 24)
        buffer.writeBytes(prefix)
        buffer.writeString(String(call.body.count))
        buffer.writeStaticString("\r\n\r\n")
        _ = call.body.withUnsafeBytes { buffer.writeBytes(UnsafeRawBufferPointer($0)) }
        // What is larger goes out in several writes, of which a later one may be the first that fails: so its beginning
        // is tried by itself.
        if buffer.readableBytes > Self.singleWrite, let start = buffer.readSlice(length: Self.singleWrite) {
            context.writeAndFlush(wrapOutboundOut(start), promise: nil)
            guard self.exchange?.number == exchange.number else { return }
            sent = .part
        }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenSuccess { self.isFlushed() }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: flushed)
        // The first try to write is over now. If it neither failed nor took everything, it may have taken a part.
        if sent == .nothing, self.exchange?.number == exchange.number { sent = .part }
    }

    /// The system has taken all of the request; from now on the server is waited for.
    private func isFlushed() {
        sent = .all
        guard parser.isEmpty, let exchange, let span = exchange.call.firstByte else { return }
        lastProgress = .now()
        deadline = min(exchange.deadline, lastProgress + .nanoseconds(span.nanoseconds))
        pool.watch(deadline)
    }

    private func replyEnded() {
        guard let head = parser.head, exchange != nil else { return drop() }
        // Nobody answers what he has not read, though he may refuse it: these bytes belong to somebody else.
        if sent != .all, 200..<300 ~= head.status {
            return breakOff(.malformed, "a reply came before its request was sent")
        }
        // Not if its end is in doubt, and not if it came before its request was out, the rest of which is on the wire.
        let isReusable = head.isKeptAlive && sent == .all && !parser.hasExcess && !isBroken && !room.isHeld
        if head.coding != .identity {
            do throws(ResponseError) {
                guard try unpack(head.coding) else { return }
            } catch {
                return refuse(error)
            }
        }
        // What is only read may be the same each time.
        if let call = exchange?.call, !call.body.isEmpty, pool.isRepeated(head, parser.body, after: &recent) {
            return breakOff(.repeated, "the reply to an earlier request came a second time")
        }
        let reply = Reply(head, body: Bytes(parser.next()), taken: room.given)
        if isReusable, pool.keep(self, head.keepAlive, until: &idleUntil) {
            finish(.success(reply))
        } else {
            finish(.success(reply))
            drop()
        }
    }

    private func refuse(_ error: ResponseError) {
        switch error {
        case .tooLarge: giveUp(.tooLarge, "the reply is larger than \(ByteText.text(pool.replyCap))")
        case .bomb:
            giveUp(.tooLarge, "the reply's body grows more than \(Inflater.ratioCap) times when it is decoded")
        case .encrypted where !pool.isSecure:
            let failure = TransportFailure(
                .tls, "\(pool.authority) speaks tls", hint: "is --base-url meant to begin with https:// ?",
                mayBePaid: false)
            finish(.failure(failure))
            drop()
        case .encrypted: giveUp(.malformed, "the reply is not http")
        case .malformed(let why): giveUp(.malformed, "the reply is not http: \(why)")
        }
    }

    private func finish(_ result: Result<Reply, TransportFailure>) {
        guard let exchange else { return }
        self.exchange = nil
        handshake = nil
        deadline = .distantFuture
        if isClosed { pool.isClosed(self) }
        // What a reply has taken goes with it; and who waits for memory still gets it, and gives it back then.
        if case .failure = result, room.given > 0 { pool.memory?.giveBack(room.given) }
        exchange.finish(result)
    }
}
