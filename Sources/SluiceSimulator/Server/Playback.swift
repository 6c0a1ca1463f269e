import NIOCore
import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Carries out the steps of a delivery on a connection, step by step, no faster than the client reads.
///
/// Lives on the connection's event loop.
final class Playback {
    /// What the owner is told.
    struct Watch {
        /// The last step begins: who has received it all must find it counted.
        let atLast: () -> Void
        /// It is over: everything was handed to the operating system, or it could not be.
        let atEnd: (_ isHandedOver: Bool) -> Void
    }

    private let steps: [Delivery.Step]
    private let context: ChannelHandlerContext
    private let watch: Watch
    private var place = 0
    /// How often the bytes of a `fill` were sent.
    private var filled = 0
    private var timer: Scheduled<Void>?
    private var hasToldLast = false
    private var isRunning = false
    private var isOver = false

    init(_ steps: [Delivery.Step], on context: ChannelHandlerContext, _ watch: Watch) {
        self.steps = steps
        self.context = context
        self.watch = watch
    }

    /// Goes on as far as it can: to the end, to a pause, or until the client is to read first.
    func run() {
        // A write that fills the buffer and empties it again calls back from within; the loop below goes on by itself.
        guard !isRunning else { return }
        isRunning = true
        defer { isRunning = false }
        while !isOver, timer == nil {
            // What hangs has not ended: it keeps what it holds until the client goes.
            if place >= steps.count - 1, steps.last != .hang { tellLast() }
            guard place < steps.count else { return end {} }
            switch steps[place] {
            case .send(let bytes):
                guard context.channel.isWritable else { return }
                write(ByteBuffer(bytes: bytes))
            case .fill(let bytes, let times):
                let buffer = ByteBuffer(bytes: bytes)
                while filled < times, !isOver {
                    guard context.channel.isWritable else { return }
                    write(buffer)
                    filled += 1
                }
                filled = 0
            case .wait(let span):
                timer = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(span.nanoseconds)) {
                    self.timer = nil
                    self.run()
                }
            case .hang: return
            case .close: return end { self.context.close(promise: nil) }
            case .reset: return end { Self.reset(self.context) }
            }
            place += 1
        }
    }

    /// The client has gone.
    func cancel() {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        tellLast()
        watch.atEnd(false)
    }

    /// Ends the connection with RST instead of FIN: closing with a linger time of zero does that.
    static func reset(_ context: ChannelHandlerContext) {
        if let socket = context.channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        context.close(promise: nil)
    }

    private func write(_ buffer: ByteBuffer) {
        context.writeAndFlush(NIOAny(buffer), promise: nil)
    }

    private func tellLast() {
        guard !hasToldLast else { return }
        hasToldLast = true
        watch.atLast()
    }

    /// Ends once what was sent has left.
    private func end(_ leave: @escaping () -> Void) {
        isOver = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { result in
            // Left before it is told, so that requests sent ahead are not served on a connection that ends.
            leave()
            self.watch.atEnd((try? result.get()) != nil)
        }
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
    }
}
