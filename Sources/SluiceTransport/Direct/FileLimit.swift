#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How many files, connections included, the process may hold open.
package enum FileLimit {
    /// Raises the limit as far as the system allows and returns it.
    package static func raise() -> Int {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var wanted = limit
            wanted.rlim_cur = limit.rlim_max
            if setrlimit(resource, &wanted) == 0 { limit = wanted }
        }
        return limit.rlim_cur > 1 << 30 ? 1 << 30 : Int(limit.rlim_cur)
    }
}
