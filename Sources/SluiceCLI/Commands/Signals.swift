internal import Dispatch

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// SIGINT and SIGTERM as calls of a closure, on a thread of their own.
final class Signals {
    /// The signals that end a run.
    enum Kind: Sendable {
        case interrupt, terminate
    }

    private let sources: [any DispatchSourceSignal]

    /// Calls the closure for each signal, until ``stop()``.
    init(_ body: @escaping @Sendable (Kind) -> Void) {
        sources = [(SIGINT, Kind.interrupt), (SIGTERM, Kind.terminate)].map { number, kind in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { body(kind) }
            source.resume()
            return source
        }
    }

    /// Ends the delivery.
    func stop() {
        for source in sources { source.cancel() }
    }
}
