import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the operating system said when a call failed.
struct SystemError: Error, Equatable {
    /// The value of `errno`.
    let number: Int32

    /// The trouble of the call that has just failed.
    static var last: SystemError { SystemError(number: errno) }

    /// Whether there is no room: a full disk, a used-up quota, a file as large as it may become.
    var meansFull: Bool { number == ENOSPC || number == EDQUOT || number == EFBIG }

    /// Whether nobody reads the other end.
    var isClosedPipe: Bool { number == EPIPE || number == ECONNRESET }

    /// The system's own words, in lower case.
    var text: String { strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)" }

    /// The error of a run that could not do `action` ("open", "read") with the file at `path`.
    func stopping(_ action: String, _ path: String, code: SluiceError.Code = .io) -> SluiceError {
        let hint: String? =
            switch number {
            case ENOENT: ["open", "read"].contains(action) ? "check the path" : "check the path; the folder must exist"
            case EACCES, EPERM: "check the permissions of the file and its folder"
            case EROFS: "the file system is read-only: write the output elsewhere"
            case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
            case ENOSPC, EDQUOT: "make room on the disk, then run the same command again"
            default: nil
            }
        return SluiceError(code, "cannot \(action) \(path): \(text)", hint: hint, file: nil)
    }
}
