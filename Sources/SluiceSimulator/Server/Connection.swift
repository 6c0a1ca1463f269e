import NIOCore
import NIOHTTP1
import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One connection: collects requests and answers them one after the other.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let service: Service
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var bodyIsTooLarge = false
    /// The request whose delay runs.
    private var waiting: (exchange: Exchange, timer: Scheduled<Void>)?
    /// Requests that came before the one in front of them was answered.
    private var queue: [Call] = []

    private init(service: Service) {
        self.service = service
    }

    /// Makes a new channel serve requests; throws if the server is stopping.
    static func install(on channel: any Channel, service: Service) throws {
        guard service.open(channel) else { throw ChannelError.ioOnClosedChannel }
        channel.closeFuture.whenComplete { _ in service.closed(channel) }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        try pipeline.addHandler(Connection(service: service))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                let text = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
                context.writeAndFlush(wrapOutboundOut(text), promise: nil)
            }
        case .body(let part):
            bodyIsTooLarge = bodyIsTooLarge || body.count + part.readableBytes > service.options.bodyLimit
            if bodyIsTooLarge { body = [] } else { body.append(contentsOf: part.readableBytesView) }
        case .end:
            guard let head else { return }
            let call = Call(head: head, body: bodyIsTooLarge ? nil : Bytes(body))
            self.head = nil
            body = []
            bodyIsTooLarge = false
            if waiting == nil { serve(call, context: context) } else { queue.append(call) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let (exchange, timer) = waiting {
            waiting = nil
            timer.cancel()
            lose(exchange)
        }
        for call in queue { lose(service.receive(call)) }
        queue = []
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        // What is not HTTP has no end that could be found: nothing behind it can be answered.
        var buffer = context.channel.allocator.buffer(capacity: 512)
        Reply(Refusal(400, "This is not HTTP/1.1."), sendsRetryAfter: false)
            .write(to: &buffer, closes: true, omitsBody: false)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        context.close(promise: nil)
    }

    private func serve(_ call: Call, context: ChannelHandlerContext) {
        let exchange = service.receive(call)
        guard exchange.verdict.delay > .zero else { return complete(exchange, context: context) }
        let delay = TimeAmount.nanoseconds(exchange.verdict.delay.nanoseconds)
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.waiting = nil
            self.complete(exchange, context: context)
            while self.waiting == nil, !self.queue.isEmpty {
                self.serve(self.queue.removeFirst(), context: context)
            }
        }
        waiting = (exchange, timer)
    }

    private func complete(_ exchange: Exchange, context: ChannelHandlerContext) {
        guard let reply = service.finish(exchange) else {
            service.record(exchange, sent: false)
            return reset(context)
        }
        var buffer = context.channel.allocator.buffer(capacity: reply.body.count + 512)
        reply.write(to: &buffer, closes: exchange.closes, omitsBody: exchange.omitsBody)
        let written = context.eventLoop.makePromise(of: Void.self)
        let service = service
        written.futureResult.assumeIsolated().whenComplete { result in
            let sent = (try? result.get()) != nil
            service.record(exchange, sent: sent)
            if exchange.closes { context.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: written)
    }

    /// Enters a request whose client has gone before it was answered.
    private func lose(_ exchange: Exchange) {
        _ = service.finish(exchange)
        service.record(exchange, sent: false)
    }

    /// Ends the connection with RST instead of FIN: closing with a linger time of zero does that.
    private func reset(_ context: ChannelHandlerContext) {
        if let socket = context.channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        context.close(promise: nil)
    }
}
