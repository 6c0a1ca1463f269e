import SluiceCore
import SluiceProviders

/// What a hostile or broken server can write into its headers and bodies must neither crash nor hang, nor become a wait
/// below zero.
enum WaitEntry: FuzzEntry {
    static let name = "wait"

    static func run(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let duration = WaitHint.duration(text)
        check(duration, bytes)
        let moments = [0, 1_795_246_080_000_000_000, Int64.max, Int64.min].map { WallTime(nanoseconds: $0) }
        let fields = [
            ["retry-after-ms": text], ["retry-after": text], ["retry-after": text, "date": text],
            ["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT", "date": text],
            ["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": text],
        ]
        for (index, headers) in fields.enumerated() {
            let now = moments[(bytes.count + index) % moments.count]
            let wait = WaitHint.read(header: { headers[$0] }, message: nil, now: now)
            check(wait, bytes)
        }
        check(WaitHint.read(header: { _ in nil }, message: text, delay: text, now: moments[1]), bytes)
        check(WaitHint.read(header: { _ in nil }, message: "try again in " + text, now: moments[1]), bytes)
        return duration != nil
    }

    static func check(_ wait: TimeSpan?, _ bytes: [UInt8]) {
        expect((wait?.nanoseconds ?? 0) >= 0, "a wait below zero", bytes)
    }

    static let corpus = [
        "20ms", "8.64s", "6m0s", "1h2m3s", "10h17m5.72s", "2d", "7ns", "5µs", "26", "1.5", "-1", "0", "1795246140",
        "1795246140000", "9223372036854775807", "99999999999999999999999999d", "Please try again in 7m12s.", "nan",
        "inf",
        "0x1p10", "1e300", "Sat, 21 Nov 2026 07:28:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", ".", "..5s",
    ].map { Array($0.utf8) }

    static let tokens =
        [
            "ms", "s", "m", "h", "d", "ns", "us", "µs", ".", "-", "0", "9", "999999999", "e9", "try again in ", " GMT",
            ", ",
            ":", "Feb", "9999", "\u{0}", "\u{301}", "٣",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3]]
}

/// Moments of RFC 3339: what is read comes back from what WallTime writes.
enum MomentEntry: FuzzEntry {
    static let name = "moment"

    static func run(_ bytes: [UInt8]) -> Bool {
        guard let moment = RFC3339.parse(String(decoding: bytes, as: UTF8.self)) else { return false }
        let seconds = moment.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        // A leap second or an offset may lead out of the years that are read.
        guard seconds.quotient >= 0, seconds.remainder >= 0, moment.text < "2201" else { return true }
        let again = RFC3339.parse(moment.text)
        expect(again?.nanoseconds == seconds.quotient * 1_000_000_000, "another second: \(moment.text)", bytes)
        return true
    }

    static let corpus = [
        "2026-11-21T08:15:00Z", "2026-11-21t08:15:00.123456789z", "2026-11-21T08:15:00+01:00",
        "1970-01-01T00:00:00-23:59",
        "2200-12-31T23:59:60Z", "2024-02-29T12:00:00.5+00:00", "2026-11-21 08:15:00Z", "2026-02-31T00:00:00Z",
    ].map { Array($0.utf8) }

    static let tokens =
        ["Z", "T", "-", ":", "+", ".", "00", "23", "59", "60", "99", "1970", "2200", "12", "31", "000000001", "٣"]
        .map { Array($0.utf8) } + [[0xFF]]
}

/// Dates of headers: what is read is a moment from 1970 on, and the same as what WallTime writes.
enum DateEntry: FuzzEntry {
    static let name = "date"

    static func run(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let moment = HTTPDate.parse(text) else { return false }
        expect(moment.nanoseconds >= 0, "a moment before 1970", bytes)
        if moment.nanoseconds < .max, !text.contains(":60 ") {
            let clock = text.split(separator: " ")[4].split(separator: ":").compactMap { Int($0) }
            let written = moment.text.dropFirst(11).dropLast().split(separator: ":").compactMap { Int($0) }
            expect(clock == written, "another time of day", bytes)
        }
        return true
    }

    static let corpus = [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 29 Feb 2024 23:59:59 GMT",
        "Sat, 31 Dec 2016 23:59:60 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Mon, 31 Mar 2262 01:02:03 GMT", "2026-11-21T07:28:00Z",
    ].map { Array($0.utf8) }

    static let tokens =
        [
            "Jan", "Feb", "Apr", "Nov", "Dec", "29", "30", "31", "00", "59", "60", "1900", "2000", "2262", "9999",
            "99999", "+6",
            "-1", ":", " ", ",", "GMT", "UTC", "٣",
        ].map { Array($0.utf8) } + [[0xFF]]
}
