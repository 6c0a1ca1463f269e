#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The number of files and connections that this process may have open.
enum OpenFiles {
    /// Raises the limit as far as the system allows without privileges; leaves it as it is if that fails.
    static func raiseLimit() {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }
}
