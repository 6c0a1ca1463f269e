#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The environment variables of the process; an empty one counts as unset.
enum ProcessEnvironment {
    static subscript(name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
