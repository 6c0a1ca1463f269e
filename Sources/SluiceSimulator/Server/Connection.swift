import NIOCore
import NIOHTTP1
import SluiceCore

/// One connection: collects requests and answers them one after the other.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let service: Service
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var bodyIsTooLarge = false
    /// The request whose delay runs, with its timer, or which the engine is to answer.
    private var waiting: (exchange: Exchange, timer: Scheduled<Void>?)?
    /// The reply that is sent in steps.
    private var playback: Playback?
    /// Requests that came before the one in front of them was answered.
    private var queue = CircularBuffer<Call>()
    /// Whether nothing is read because too many wait.
    private var isPaused = false
    /// Whether a client waits for leave to send a body, which it gets behind the replies that are under way.
    private var owesLeave = false
    /// Whether what came behind them is not HTTP.
    private var isGarbled = false

    /// So many requests wait at most, apart from those that come in one read.
    private static let longestQueue = 16

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
            owesLeave = head.headers.first(name: "expect")?.lowercased() == "100-continue"
            giveLeave(context)
        case .body(let part):
            bodyIsTooLarge = bodyIsTooLarge || body.count + part.readableBytes > service.options.bodyLimit
            if bodyIsTooLarge { body = [] } else { body.append(contentsOf: part.readableBytesView) }
        case .end:
            guard let head else { return }
            let call = Call(head: head, body: bodyIsTooLarge ? nil : Bytes(body))
            self.head = nil
            body = []
            bodyIsTooLarge = false
            owesLeave = false
            if isIdle { return serve(call, context: context) }
            queue.append(call)
            if queue.count >= Self.longestQueue { pause(true, context) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let (exchange, timer) = waiting {
            waiting = nil
            timer?.cancel()
            service.finish(exchange)
            if exchange.verdict.sequence != nil { service.turnEngine(on: context.eventLoop) }
            service.record(exchange, sent: false)
        }
        playback?.cancel()
        playback = nil
        for call in queue {
            let exchange = service.receive(call)
            service.finish(exchange)
            service.record(exchange, sent: false)
        }
        queue.removeAll()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { playback?.run() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError || error is ByteToMessageDecoderError else { return context.close(promise: nil) }
        // What is not HTTP has no end that could be found: nothing behind it can be answered, but what stands before it.
        isGarbled = true
        refuseGarbage(context)
    }

    /// Refuses what is not HTTP, in its turn.
    private func refuseGarbage(_ context: ChannelHandlerContext) {
        guard isGarbled, isIdle, queue.isEmpty else { return }
        var buffer = context.channel.allocator.buffer(capacity: 512)
        Reply(Refusal(400, "This is not HTTP/1.1."), hidesLimits: false)
            .write(to: &buffer, closes: true, omitsBody: false)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: written)
    }

    private func serve(_ call: Call, context: ChannelHandlerContext) {
        let exchange = service.receive(call)
        guard let sequence = exchange.verdict.sequence else { return delay(exchange, context: context) }
        waiting = (exchange, nil)
        service.end(of: sequence, on: context.eventLoop).assumeIsolated().whenSuccess {
            guard self.waiting?.exchange.number == exchange.number else { return }
            self.waiting = nil
            self.delay(exchange, context: context)
            self.serveQueued(context: context)
        }
    }

    private func delay(_ exchange: Exchange, context: ChannelHandlerContext) {
        guard exchange.wait > .zero else { return complete(exchange, context: context) }
        let delay = TimeAmount.nanoseconds(exchange.wait.nanoseconds)
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            // A timer that is due in the same tick as the end of the connection can no longer be cancelled.
            guard self.waiting?.exchange.number == exchange.number else { return }
            self.waiting = nil
            self.complete(exchange, context: context)
            self.serveQueued(context: context)
        }
        waiting = (exchange, timer)
    }

    private func serveQueued(context: ChannelHandlerContext) {
        while isIdle, let call = queue.popFirst() { serve(call, context: context) }
        if queue.count < Self.longestQueue { pause(false, context) }
        giveLeave(context)
        refuseGarbage(context)
    }

    /// Whether no reply is under way.
    private var isIdle: Bool { waiting == nil && playback == nil }

    private func giveLeave(_ context: ChannelHandlerContext) {
        guard owesLeave, isIdle, queue.isEmpty else { return }
        owesLeave = false
        let text = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
        context.writeAndFlush(wrapOutboundOut(text), promise: nil)
    }

    /// Reads no more, or goes on reading; that a client leaves is seen meanwhile only if nothing unread is before its end.
    private func pause(_ pauses: Bool, _ context: ChannelHandlerContext) {
        guard pauses != isPaused else { return }
        isPaused = pauses
        context.channel.setOption(.autoRead, value: !pauses).whenFailure { _ in }
    }

    private func complete(_ exchange: Exchange, context: ChannelHandlerContext) {
        let reply = service.reply(to: exchange)
        if let fault = exchange.verdict.fault?.kind, fault.isAboutDelivery {
            return play(Delivery(reply, fault, closes: exchange.closes), exchange, context)
        }
        if let pieces = reply.stream {
            return play(Delivery(streaming: reply, pieces, closes: exchange.closes), exchange, context)
        }
        service.finish(exchange)
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

    /// Sends a reply in steps; requests behind it wait for its end.
    private func play(_ delivery: Delivery, _ exchange: Exchange, _ context: ChannelHandlerContext) {
        let service = service
        let watch = Playback.Watch {
            service.finish(exchange)
        } atEnd: { isHandedOver in
            service.record(exchange, sent: isHandedOver && delivery.isWhole)
            if isHandedOver { self.played(exchange, context, then: delivery.echo) }
        }
        start(Playback(delivery.steps, on: context, watch))
    }

    private func start(_ playback: Playback) {
        self.playback = playback
        playback.run()
    }

    private func played(_ exchange: Exchange, _ context: ChannelHandlerContext, then echo: [Delivery.Step] = []) {
        playback = nil
        if !echo.isEmpty {
            let watch = Playback.Watch {
            } atEnd: { isHandedOver in
                if isHandedOver { self.played(exchange, context) }
            }
            return start(Playback(echo, on: context, watch))
        }
        if exchange.closes { return context.close(promise: nil) }
        serveQueued(context: context)
    }
}
