internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import NIOTLS
internal import SluiceCore

/// One connection: carries one exchange at a time, and knows whether it may carry another.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let pool: ConnectionPool
    private let replyCap: Int
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var idleMark = NIODeadline.now()
    /// The exchange's deadline; kept apart so that the watch over thousands of connections touches nothing else.
    private var deadline = NIODeadline.distantFuture
    private var isReused = false
    private var isFlushed = false
    private var isConnecting = true
    private let opened = NIODeadline.now()
    private var isAborted = false

    init(pool: ConnectionPool, replyCap: Int) {
        self.pool = pool
        self.replyCap = replyCap
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
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
        case .body(let buffer):
            guard exchange != nil else { return }
            guard body.count + buffer.readableBytes <= replyCap else {
                let failure = TransportFailure(.tooLarge, "the reply is larger than \(replyCap) bytes", mayBePaid: true)
                finish(.failure(failure))
                return close()
            }
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            replyEnded()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if exchange != nil {
            switch error {
            case is HTTPParserError:
                let failure = TransportFailure(.malformed, "the reply is not http: \(error)", mayBePaid: isFlushed)
                finish(.failure(failure))
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
        let part = head == nil ? "before the reply" : "in mid-reply"
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
        head = nil
        let call = exchange.call
        var headers = call.endpoint.headers
        headers.add(name: "content-length", value: String(call.body.count))
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: call.endpoint.target, headers: headers)
        let buffer = call.body.withUnsafeBytes { context.channel.allocator.buffer(bytes: $0) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenSuccess { self.isFlushed = true }
        context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: flushed)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func replyEnded() {
        guard let head, exchange != nil else { return close() }
        var received: [UInt8] = []
        swap(&received, &body)
        let reply = Reply(status: Int(head.status.code), headers: head.headers, body: Bytes(received))
        let isReusable = head.isKeepAlive && isFlushed
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
        head = nil
        exchange.finish(result)
    }
}
