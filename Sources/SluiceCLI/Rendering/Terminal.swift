internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Standard error for people, standard output for data.
enum Terminal {
    /// Writes a line for people; what comes from outside is stripped of what could steer a terminal.
    static func say(_ text: String) {
        write(sanitised(text) + "\n", to: STDERR_FILENO)
    }

    /// Writes text for people as it is: only for text of our own with escape sequences in it.
    static func draw(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    /// Writes a line of data.
    static func data(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// Whether people look at standard error, and it can redraw a line.
    static var isInteractive: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessEnvironment["TERM"] != "dumb" && ProcessEnvironment["CI"] == nil
    }

    /// Whether standard input is a keyboard.
    static var isInputInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    /// The width in columns; 80 if it cannot be told.
    static var width: Int {
        if let columns = ProcessEnvironment["COLUMNS"].flatMap({ Int($0) }), columns > 0 { return columns }
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// The text without control characters, escape sequences and direction marks (RELIABILITY.md S5).
    static func sanitised(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { scalar in
                    switch scalar.value {
                    case 0x0A, 0x09: true
                    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x200B...0x200F: false
                    default: true
                    }
                }))
    }

    private static func write(_ text: String, to descriptor: Int32) {
        // There is nobody to tell.
        _ = write(Array(text.utf8)[...], to: descriptor)
    }

    /// Writes bytes as they are; 0, or the number of the error, which is `EPIPE` if nobody reads them any more.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #else
                    let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return 0
        }
    }
}
