internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import SluiceCore

/// One connection: carries one exchange at a time, and knows whether it may carry another.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let pool: ConnectionPool
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var parser: ResponseParser
    private var idleMark = NIODeadline.now()
    /// The exchange's deadline; kept apart so that the watch over thousands of connections touches nothing else.
    private(set) var deadline = NIODeadline.distantFuture
    private var isReused = false
    private var isFlushed = false
    private var isConnecting = true
    private let opened = NIODeadline.now()
    private var isAborted = false

    init(pool: ConnectionPool, replyCap: Int) {
        self.pool = pool
        parser = ResponseParser(bodyCap: replyCap)
    }

    var idleSince: NIODeadline { idleMark }
    var authority: String { pool.authority }

    /// Takes the exchange that the connection is opened for.
    func prepare(_ exchange: Exchange) {
        self.exchange = exchange
        deadline = min(exchange.deadline, pool.connectDeadline)
    }

    /// Sends an exchange on this connection, which was idle.
    func send(_ exchange: Exchange) {
        self.exchange = exchange
        deadline = exchange.deadline
        isReused = true
        write()
    }

    func expire(_ now: NIODeadline) {
        guard now >= deadline, let exchange else { return }
        if now >= exchange.deadline {
            let span = exchange.call.timeout.text
            finish(.failure(TransportFailure(.timeout, "no reply within \(span)", mayBePaid: isFlushed)))
            close()
        } else if isConnecting {
            finish(
                .failure(
                    TransportFailure(.connectTimeout, "no handshake with \(authority) in time", mayBePaid: false)))
            close()
        } else {
            deadline = exchange.deadline  // it was the connection's own, which was made in time
        }
    }

    func abort() {
        isAborted = true
        if exchange != nil { finish(.failure(TransportFailure(.aborted, "stopped", mayBePaid: isFlushed))) }
        close()
    }

    func close() {
        context?.close(promise: nil)
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
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if exchange == nil || isAborted { return close() }
        if !isSecure(context) { connected() }
        write()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { connected() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        do throws(ResponseError) {
            try buffer.readableBytesView.withUnsafeBytes { bytes throws(ResponseError) in
                try parser.feed(bytes.assumingMemoryBound(to: UInt8.self))
            }
        } catch {
            refuse(error)
            return close()
        }
        // Bytes that nobody asked for cannot belong to the next reply.
        if exchange == nil { return close() }
        if parser.isDone { replyEnded() }
    }

    private func refuse(_ error: ResponseError) {
        switch error {
        case .tooLarge:
            finish(.failure(TransportFailure(.tooLarge, "the reply is larger than allowed", mayBePaid: true)))
        case .malformed(let why):
            finish(.failure(TransportFailure(.malformed, "the reply is not http: \(why)", mayBePaid: isFlushed)))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if exchange != nil {
            switch error {
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
                if isConnecting {
                    finish(.failure(ConnectFailure.describe(error, authority: authority)))
                }
            default:
                break  // the connection ends, and `channelInactive` says what that means for the exchange
            }
        }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        pool.isClosed(self)
        guard let exchange else { return }
        if isReused, !isFlushed, !exchange.isResent {
            self.exchange = nil
            return pool.resend(exchange)
        }
        parser.finish()
        if parser.isDone { return replyEnded() }
        let part = parser.isEmpty ? "before the reply" : "in mid-reply"
        finish(.failure(TransportFailure(.reset, "the connection was closed \(part)", mayBePaid: isFlushed)))
    }

    // MARK: one exchange

    private func connected() {
        isConnecting = false
        pool.isConnected(self, since: opened)
    }

    private func isSecure(_ context: ChannelHandlerContext) -> Bool {
        (try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)) != nil
    }

    private func write() {
        guard let context, let exchange else { return }
        isFlushed = false
        let call = exchange.call
        let prefix = call.endpoint.prefix
        var buffer = context.channel.allocator.buffer(capacity: prefix.count + call.body.count + 24)
        buffer.writeBytes(prefix)
        buffer.writeString(String(call.body.count))
        buffer.writeStaticString("\r\n\r\n")
        _ = call.body.withUnsafeBytes { buffer.writeBytes(UnsafeRawBufferPointer($0)) }
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenSuccess { self.isFlushed = true }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: flushed)
    }

    private func replyEnded() {
        guard let head = parser.head, exchange != nil else { return close() }
        // Not if its end is in doubt, and not if it came before its request was out, the rest of which is on the wire.
        let isReusable = head.isKeptAlive && isFlushed && !parser.hasExcess
        let reply = Reply(head, body: Bytes(parser.next()))
        if isReusable {
            idleMark = .now()
            pool.isIdle(self)
        }
        finish(.success(reply))
        if !isReusable { close() }
    }

    private func finish(_ result: Result<Reply, TransportFailure>) {
        guard let exchange else { return }
        self.exchange = nil
        deadline = .distantFuture
        exchange.finish(result)
    }
}
