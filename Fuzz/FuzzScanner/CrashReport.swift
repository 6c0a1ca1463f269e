import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Says which case was running when the process dies, by a trap, a bad access or the watchdog.
enum CrashReport {
    private static let current = Atomic<Int>(0)

    /// Seconds that one batch of cases may take before it counts as a hang.
    private static let patience: UInt32 = 120

    /// Reports on every signal that ends the process.
    static func install() {
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
            signal(number) { number in
                CrashReport.write(number == SIGALRM ? "hang in case " : "crash in case ")
                CrashReport.write(CrashReport.current.load(ordering: .relaxed))
                CrashReport.write("; run it alone with --first and --cases 1\n")
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    /// Notes which case runs now.
    static func note(_ number: Int) { current.store(number, ordering: .relaxed) }

    /// Sets the watchdog back.
    static func isAlive() { _ = alarm(patience) }

    // Within a signal handler nothing may be allocated, hence no string interpolation.
    private static func write(_ text: StaticString) {
        #if canImport(Glibc)
            _ = Glibc.write(2, text.utf8Start, text.utf8CodeUnitCount)
        #else
            _ = Darwin.write(2, text.utf8Start, text.utf8CodeUnitCount)
        #endif
    }

    private static func write(_ number: Int) {
        if number >= 10 { write(number / 10) }
        switch number % 10 {
        case 0: write("0")
        case 1: write("1")
        case 2: write("2")
        case 3: write("3")
        case 4: write("4")
        case 5: write("5")
        case 6: write("6")
        case 7: write("7")
        case 8: write("8")
        default: write("9")
        }
    }
}
