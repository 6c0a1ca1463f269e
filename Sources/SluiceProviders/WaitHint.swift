package import SluiceCore

/// How long a provider asks to wait, from headers and messages (PROVIDERS.md §0.4).
package enum WaitHint {
    /// Reads the hints in their order of precedence: `retry-after-ms`, `retry-after` in seconds, `retry-after` as a
    /// date, a delay from the body, "try again in 7m12s" in the message, and the reset of a limit of which nothing is left.
    ///
    /// What is longer than any quota runs, a month, is a mistake and counts as not said.
    package static func read(
        header: (String) -> String?, message: String?, delay: String? = nil, now: WallTime
    ) -> TimeSpan? {
        func isMeant(_ span: TimeSpan?) -> Bool { span.map { $0 <= longest } ?? false }
        let milliseconds = header("retry-after-ms").flatMap(number)
            .map { span($0, unit: 1e-3, header: header, now: now) }
        if isMeant(milliseconds) { return milliseconds }
        let after = header("retry-after").flatMap { text in
            number(text).map { span($0, unit: 1, header: header, now: now) }
                ?? HTTPDate.parse(text).map { until($0, header: header, now: now) }
        }
        if isMeant(after) { return after }
        let delay = delay.flatMap(duration)
        if isMeant(delay) { return delay }
        let told = message.flatMap(inMessage)
        if isMeant(told) { return told }
        for names in RateLimitNames.all {
            guard let reset = header(names.reset).flatMap({ span($0, header: header, now: now) }), isMeant(reset)
            else { continue }
            // Where what is left is not told, a reset of nothing says nothing.
            let left = header(names.remaining)
            if left.flatMap(number).map({ $0 < 1 }) ?? (left == nil && reset > .zero) { return reset }
        }
        return nil
    }

    private static let longest = TimeSpan.seconds(32 * 86400)

    /// What a reset header says: a length of time, or a moment as seconds or milliseconds since 1970 or by RFC 3339.
    static func span(_ text: String, header: (String) -> String?, now: WallTime) -> TimeSpan? {
        if let number = number(text) { return span(number, unit: 1, header: header, now: now) }
        return duration(text) ?? RFC3339.parse(text).map { until($0, header: header, now: now) }
    }

    private static func span(
        _ number: Double, unit: Double, header: (String) -> String?, now: WallTime
    ) -> TimeSpan {
        if number > 1e12 { return until(wallTime(number / 1000), header: header, now: now) }
        return number > 1e9 ? until(wallTime(number), header: header, now: now) : .seconds(number * unit)
    }

    /// The time to a moment, which is told by the server's clock and so compared with the same clock.
    private static func until(_ moment: WallTime, header: (String) -> String?, now: WallTime) -> TimeSpan {
        let reference = max(0, (header("date").flatMap(HTTPDate.parse) ?? now).nanoseconds)
        return TimeSpan(nanoseconds: max(0, moment.nanoseconds - reference))
    }

    /// The moment so many seconds after 1970, at most the last one there is.
    private static func wallTime(_ seconds: Double) -> WallTime {
        WallTime(nanoseconds: TimeSpan.seconds(seconds).nanoseconds)
    }

    /// A number of seconds or milliseconds in a header: digits, perhaps with a fraction, finite and not negative.
    static func number(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }), let number = Double(text),
            number.isFinite
        else { return nil }
        return number
    }

    /// The grammar of OpenAI's reset headers: `20ms`, `8.64s`, `6m0s`, `1h2m3s`; a bare number is seconds, but no date.
    package static func duration(_ text: String) -> TimeSpan? {
        if let seconds = number(text) { return seconds <= 1e9 ? .seconds(seconds) : nil }
        return prefixDuration(Array(text.utf8)[...]).flatMap { $0.rest.isEmpty ? $0.span : nil }
    }

    private static let marks = ["try again in ", "try again after ", "retry in ", "retry after "].map { Array($0.utf8) }

    /// "Please try again in 350ms." → 350 ms, "please try again after 4 seconds" (Moonshot) → 4 s.
    static func inMessage(_ message: String) -> TimeSpan? {
        let bytes = message.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        for start in bytes.indices {
            guard let mark = marks.first(where: { bytes[start...].starts(with: $0) }) else { continue }
            let rest = bytes[(start + mark.count)...]
            return (prefixDuration(rest) ?? wordedDuration(rest))?.span
        }
        return nil
    }

    private static let words: [(name: [UInt8], seconds: Double)] =
        units
        + [
            ("millisecond", 1e-3), ("second", 1), ("sec", 1), ("minute", 60), ("min", 60), ("hour", 3600),
            ("day", 86400),
        ].flatMap { [(Array($0.0.utf8), $0.1), (Array($0.0.utf8) + [UInt8(ascii: "s")], $0.1)] }

    /// "4 seconds", "1 minute 30 seconds", "2.5 s" at the start, and what follows it.
    private static func wordedDuration(_ text: ArraySlice<UInt8>) -> (span: TimeSpan, rest: ArraySlice<UInt8>)? {
        var rest = text
        var seconds: Double?
        while let (number, tail) = prefixNumber(rest), tail.first == UInt8(ascii: " ") {
            let letters = tail.dropFirst().prefix { $0 &- 0x61 < 26 }
            guard let unit = words.first(where: { letters.elementsEqual($0.name) }) else { break }
            seconds = (seconds ?? 0) + number * unit.seconds
            rest = tail.dropFirst(1 + letters.count).drop { $0 == UInt8(ascii: " ") }
        }
        guard let seconds, seconds.isFinite else { return nil }
        return (.seconds(seconds), rest)
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
            guard let (number, tail) = prefixNumber(rest), let unit = units.first(where: { tail.starts(with: $0.name) })
            else { break }
            seconds += number * unit.seconds
            rest = tail.dropFirst(unit.name.count)
            found = true
        }
        return found && seconds.isFinite ? (.seconds(seconds), rest) : nil
    }

    /// The number at the start, and what follows it.
    private static func prefixNumber(_ text: ArraySlice<UInt8>) -> (number: Double, rest: ArraySlice<UInt8>)? {
        let digits = text.prefix { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") }
        guard !digits.isEmpty, let number = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
        return (number, text.dropFirst(digits.count))
    }
}
