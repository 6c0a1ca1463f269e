import SluiceCore

extension TimeSpan {
    /// Milliseconds, rounded up: a client that waits so long has waited long enough.
    var wholeMilliseconds: Int {
        nanoseconds <= 0 ? 0 : Int((nanoseconds - 1) / 1_000_000 + 1)
    }

    /// Seconds, rounded up.
    var wholeSeconds: Int { (wholeMilliseconds + 999) / 1000 }

    /// The span as OpenAI writes it in headers and messages: `20ms`, `8.64s`, `6m0s`, `1h2m3s`.
    var resetText: String {
        let milliseconds = wholeMilliseconds
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        if milliseconds < 60_000 {
            let fraction = milliseconds % 1000
            if fraction == 0 { return "\(milliseconds / 1000)s" }
            var digits = String(1000 + fraction).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            return "\(milliseconds / 1000).\(digits)s"
        }
        let seconds = wholeSeconds
        let minutes = "\(seconds / 60 % 60)m\(seconds % 60)s"
        return seconds < 3600 ? minutes : "\(seconds / 3600)h\(minutes)"
    }
}
