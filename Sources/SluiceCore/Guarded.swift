#if SLUICE_TSAN
    import Glibc
#else
    public import Synchronization
#endif

/// A value behind a lock; the only lock of the project.
///
/// It is a `Mutex`, except in builds for ThreadSanitizer, which on Linux reports races inside a correct `Mutex`:
/// there it is a `pthread_mutex_t`.
public final class Guarded<State>: Sendable where State: ~Copyable {
    #if SLUICE_TSAN
        // Unchecked: the state is reached under the mutex only.
        private final class Box: @unchecked Sendable {
            var mutex = pthread_mutex_t()
            var state: State
            init(_ state: consuming sending State) {
                self.state = state
                pthread_mutex_init(&mutex, nil)
            }
            deinit { pthread_mutex_destroy(&mutex) }
        }
        private let box: Box
    #else
        @usableFromInline let mutex: Mutex<State>
    #endif

    /// Puts a value behind a lock of its own.
    public init(_ state: consuming sending State) {
        #if SLUICE_TSAN
            box = Box(state)
        #else
            mutex = Mutex(state)
        #endif
    }

    /// Runs a closure with the value while holding the lock; keep it short and never suspend or block in it.
    #if !SLUICE_TSAN
        @inlinable
    #endif
    public func withLock<R: ~Copyable, E: Error>(_ body: (inout sending State) throws(E) -> sending R) throws(E)
        -> sending R
    {
        #if SLUICE_TSAN
            pthread_mutex_lock(&box.mutex)
            defer { pthread_mutex_unlock(&box.mutex) }
            return try body(&box.state)
        #else
            try mutex.withLock(body)
        #endif
    }
}
