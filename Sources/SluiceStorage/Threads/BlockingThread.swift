package import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A thread of its own for calls that block, so that none of them holds up the cooperative pool or an event loop.
package enum BlockingThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that runs `body` and ends with it; no signal is delivered to it.
    ///
    /// Nobody joins it: whoever needs to know its end lets `body` say so.
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(SluiceError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // The C libraries differ between 128 KiB and 8 MiB; the deepest stack here is the JSON walk of 128 levels.
        pthread_attr_setstacksize(&attributes, 1 << 20)

        // A new thread inherits the mask. SIGINT and SIGTERM belong to the threads that wait for them, and a
        // blocked SIGPIPE or SIGXFSZ becomes the EPIPE or EFBIG of the call instead of the end of the process.
        var all = sigset_t()
        var former = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &former)
        defer { pthread_sigmask(SIG_SETMASK, &former, nil) }

        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        let result = pthread_create(
            &thread, &attributes,
            { context in
                #if canImport(Glibc)
                    guard let context else { return nil }
                #endif
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard result == 0 else {
            work.release()
            throw SystemError(number: result).stopping("start a thread for", name)
        }
    }

    /// Runs a blocking function on a thread of its own and suspends until it returns.
    package static func run<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws(SluiceError) -> Value
    ) async throws(SluiceError) -> Value {
        let result: Result<Value, SluiceError> = await suspended { waiting in
            do throws(SluiceError) {
                try start(name) {
                    waiting.resume(returning: Result { () throws(SluiceError) in try body() })
                }
            } catch {
                waiting.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// The same, but a task that is cancelled does not wait: it gets nil at once, and what the function returns later is
    /// dropped.
    package static func runUnlessCancelled<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws(SluiceError) -> Value
    ) async throws(SluiceError) -> Value? {
        let race = Race<Result<Value, SluiceError>>()
        let result = await withTaskCancellationHandler {
            await suspended { waiting in
                guard race.begin(waiting) else { return }
                do throws(SluiceError) {
                    try start(name) { race.end(Result { () throws(SluiceError) in try body() }) }
                } catch {
                    race.end(.failure(error))
                }
            }
        } onCancel: {
            race.end(nil)
        }
        return try result?.get()
    }

    /// The one task that waits, and those who may let it go on: the first does.
    private final class Race<Value: Sendable>: Sendable {
        private enum State {
            case open
            case waiting(Suspension<Value?>)
            case over
        }

        private let state = Guarded(State.open)

        /// Lets a task wait; false, and it goes on with nil, if it is over already.
        func begin(_ waiting: Suspension<Value?>) -> Bool {
            let isOver = state.withLock { state in
                if case .over = state { return true }
                state = .waiting(waiting)
                return false
            }
            if isOver { waiting.resume(returning: nil) }
            return !isOver
        }

        func end(_ value: Value?) {
            let former = state.withLock { state in
                defer { state = .over }
                return state
            }
            if case .waiting(let waiting) = former { waiting.resume(returning: value) }
        }
    }
}
