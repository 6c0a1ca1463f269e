internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// How the values of flags are read.
enum Flags {
    static func count(_ text: String) throws -> Double {
        guard let number = Quantity.count(text), number >= 1 else {
            throw ValidationError("'\(text)' is not a number of at least 1, like 500, 200k or 1.5M")
        }
        return min(number, mostExact)
    }

    /// The largest count that a `Double` tells from its neighbours; more is as good as no limit.
    static let mostExact = 0x1p53

    /// A share: `20%` or `0.2`.
    static func share(_ text: String) throws -> Double {
        let isPercent = text.hasSuffix("%")
        guard let number = Double(isPercent ? String(text.dropLast()) : text), number >= 0, number.isFinite else {
            throw ValidationError("'\(text)' is no share like 20% or 0.2")
        }
        return isPercent ? number / 100 : number
    }

    /// A quantile from the median up: `p95`, `p99.9`.
    static func quantile(_ text: String) throws -> Double {
        guard text.hasPrefix("p"), let number = Double(text.dropFirst()), number >= 50, number < 100 else {
            throw ValidationError("'\(text)' is no quantile from p50 up, like p95 or p99.9")
        }
        return number / 100
    }

    /// A number above 0 per second; 0.5 is one each two seconds.
    static func rate(_ text: String) throws -> Double {
        guard let number = Quantity.count(text), number >= 0.001 else {
            throw ValidationError("'\(text)' is not a number per second, like 0.5, 10 or 1k")
        }
        return number
    }

    static func span(_ text: String) throws -> TimeSpan {
        guard let span = Quantity.span(text), span > .zero else {
            throw ValidationError("'\(text)' is not a length of time, like 250ms, 30s, 10m or 24h")
        }
        return span
    }

    static func positive(_ text: String) throws -> Int {
        guard let number = Quantity.count(text), number >= 1, number <= 1e12, number == number.rounded() else {
            throw ValidationError("'\(text)' is not a whole number of at least 1")
        }
        return Int(number)
    }

    static func bytes(_ text: String) throws -> Int {
        guard let count = Quantity.bytes(text), count >= 1 else {
            throw ValidationError("'\(text)' is not a size, like 64MiB, 1GiB or 500M")
        }
        return count
    }

    /// What one reply may take; above that its length would not fit zlib's counters.
    static func responseSize(_ text: String) throws -> Int {
        let count = try bytes(text)
        guard count <= 1 << 30 else { throw ValidationError("'\(text)' is more than 1GiB") }
        return count
    }

    /// An amount of dollars above nothing.
    static func money(_ text: String) throws -> Money {
        guard let amount = Quantity.money(text), amount > .zero else {
            throw ValidationError("'\(text)' is not an amount of dollars, like 20, $20 or 0.5usd")
        }
        return amount
    }

    /// `fail`, `truncate` or `model:NAME`.
    static func tooLong(_ text: String) throws -> TooLong {
        if text == "fail" { return .fail }
        if text == "truncate" { return .truncate }
        guard text.hasPrefix("model:"), text.count > 6 else {
            throw ValidationError("'\(text)' is none of fail, truncate and model:NAME")
        }
        return .model(String(text.dropFirst(6)))
    }

    /// `auto` or a number of slots; nil stands for auto.
    static func concurrency(_ text: String) throws -> Int? {
        if text == "auto" { return nil }
        let number = try positive(text)
        guard number <= 100_000 else { throw ValidationError("'\(text)' is more than 100,000") }
        return number
    }

    /// One of a few words.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(_ text: String) throws -> Choice {
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is none of \(words)")
        }
        return choice
    }

    /// `name=value`, where the value is JSON, or else a text.
    static func parameter(_ text: String) throws -> (name: String, value: JSON) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ValidationError("'\(text)' is not NAME=VALUE")
        }
        let value = String(text[text.index(after: equals)...])
        if let json = try? JSON.parse(Bytes(value)) { return (String(text[..<equals]), json) }
        var quoted = JSONBuilder()
        quoted.value(value)
        return (String(text[..<equals]), try JSON.parse(Bytes(quoted.bytes)))
    }
}
