import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A value behind a lock that one thread can wait at until another has changed it.
///
/// This is the one lock beside `Guarded`: a `Mutex` has no condition variable, and a thread that does nothing but
/// block must sleep in the kernel.
final class Monitor<State>: @unchecked Sendable where State: ~Copyable {
    // Unchecked: the state is reached under the lock only, and both pointers never change.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    /// Puts a value behind a lock of its own.
    init(_ state: consuming sending State) {
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        #if canImport(Glibc)
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(changed, &attributes)
            pthread_condattr_destroy(&attributes)
        #else
            pthread_cond_init(changed, nil)
        #endif
        self.state = state
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Runs a closure with the value while holding the lock.
    func withLock<Value>(_ body: (inout State) -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Wakes the thread that waits.
    func signal() {
        pthread_cond_signal(changed)
    }

    /// Blocks until `body`, called with the value under the lock, gives a result; it is called again after each signal.
    func wait<Value>(_ body: (inout State) -> Value?) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let value = body(&state) { return value }
            pthread_cond_wait(changed, mutex)
        }
    }

    /// Blocks until `isOver` or for `span`, whichever comes first; returns whether `isOver` was true.
    func pause(for span: TimeSpan, unless isOver: (borrowing State) -> Bool) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        #if canImport(Glibc)
            var end = timespec()
            clock_gettime(CLOCK_MONOTONIC, &end)
            let nanoseconds = end.tv_nsec + Int(span.nanoseconds)
            end.tv_sec += nanoseconds / 1_000_000_000
            end.tv_nsec = nanoseconds % 1_000_000_000
            while !isOver(state) {
                if pthread_cond_timedwait(changed, mutex, &end) == ETIMEDOUT { return isOver(state) }
            }
        #else
            var rest = timespec(
                tv_sec: Int(span.nanoseconds / 1_000_000_000), tv_nsec: Int(span.nanoseconds % 1_000_000_000))
            while !isOver(state) {
                if pthread_cond_timedwait_relative_np(changed, mutex, &rest) == ETIMEDOUT { return isOver(state) }
            }
        #endif
        return true
    }
}
