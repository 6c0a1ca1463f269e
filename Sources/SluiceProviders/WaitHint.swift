package import SluiceCore

/// How long a provider asks to wait, from headers and messages (PROVIDERS.md §0.4).
package enum WaitHint {
    /// Reads the hints in their order of precedence: `retry-after-ms`, `retry-after` in seconds, `retry-after` as a
    /// date, "try again in 7m12s" in the message, and the reset header of whatever is at zero.
    package static func read(header: (String) -> String?, message: String?, now: WallTime) -> TimeSpan? {
        if let text = header("retry-after-ms"), let number = number(text) { return .seconds(number / 1000) }
        if let text = header("retry-after") {
            if let seconds = number(text) { return .seconds(seconds) }
            if let moment = HTTPDate.parse(text) {
                let reference = header("date").flatMap(HTTPDate.parse) ?? now
                return TimeSpan(nanoseconds: max(0, moment.nanoseconds - reference.nanoseconds))
            }
        }
        if let message, let span = inMessage(message) { return span }
        for dimension in ["requests", "tokens"] where header("x-ratelimit-remaining-\(dimension)") == "0" {
            if let text = header("x-ratelimit-reset-\(dimension)"), let span = duration(text) { return span }
        }
        return nil
    }

    /// A number of seconds or milliseconds in a header: finite and not negative.
    static func number(_ text: String) -> Double? {
        guard let first = text.utf8.first, first &- 0x30 < 10 || first == UInt8(ascii: "."),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }

    /// The grammar of OpenAI's reset headers: `20ms`, `8.64s`, `6m0s`, `1h2m3s`; a bare number is seconds.
    package static func duration(_ text: String) -> TimeSpan? {
        if let seconds = number(text) { return seconds < 1e9 ? .seconds(seconds) : nil }
        return prefixDuration(Array(text.utf8)[...]).flatMap { $0.rest.isEmpty ? $0.span : nil }
    }

    /// "Please try again in 350ms." → 350 ms.
    static func inMessage(_ message: String) -> TimeSpan? {
        let bytes = Array(message.utf8)
        let mark = Array("try again in ".utf8)
        guard bytes.count > mark.count else { return nil }
        for start in 0...(bytes.count - mark.count) where bytes[start] == mark[0] {
            guard bytes[start...].starts(with: mark) else { continue }
            return prefixDuration(bytes[(start + mark.count)...])?.span
        }
        return nil
    }

    private static let units: [(name: [UInt8], seconds: Double)] = [
        ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
    ].map { (Array($0.0.utf8), $0.1) }

    /// The longest run of `<number><unit>` at the start, and what follows it.
    private static func prefixDuration(_ text: ArraySlice<UInt8>) -> (span: TimeSpan, rest: ArraySlice<UInt8>)? {
        var rest = text
        var seconds = 0.0
        var found = false
        while true {
            let digits = rest.prefix { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }
            guard !digits.isEmpty, let number = Double(String(decoding: digits, as: UTF8.self)) else { break }
            let tail = rest.dropFirst(digits.count)
            guard let unit = units.first(where: { tail.starts(with: $0.name) }) else { break }
            seconds += number * unit.seconds
            rest = tail.dropFirst(unit.name.count)
            found = true
        }
        return found && seconds.isFinite ? (.seconds(seconds), rest) : nil
    }
}
