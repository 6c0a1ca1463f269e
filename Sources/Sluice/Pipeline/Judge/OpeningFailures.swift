internal import SluiceCore
internal import SluiceProviders

/// The failures before the first answer of a run, which tell what is wrong with the run as a whole.
///
/// A million rows are not sent after the first twenty have all failed with the same words. Numbers and identifiers in them
/// may differ: relays put the number of the request into each message.
struct OpeningFailures: Sendable {
    private static let mostAlike = 20
    private static let mostPages = 3
    /// What a provider says of a row's content in the same words each time.
    private static let ofRows = ["content", "moderation", "safety", "policy", "flagged", "context_length", "image"]
    /// What it says where a row is too long, with numbers of its own in the place of the same ones each time.
    private static let ofSizes = ["context", "token", "length", "too long", "too large", "exceed", "超长"]
    private var first: Failure?
    private var areAlike = true
    private var count = 0
    private var pages = 0
    /// Whether there was an answer, behind which nothing is counted.
    private(set) var areOver = false

    /// Takes note of an answer.
    mutating func end() { areOver = true }

    /// Takes a row that failed for good; the error if the run is to stop.
    /// - Parameter model: The one of several models that was asked.
    mutating func add(_ failure: Failure, of model: String? = nil) -> SluiceError? {
        guard !areOver, areAlike else { return nil }
        guard Self.isAlike(failure, first ?? failure), !Self.isOfRow(failure) else {
            // They differ, so it is the rows.
            areAlike = false
            return nil
        }
        if first == nil { first = failure }
        count += 1
        guard count >= Self.mostAlike else { return nil }
        return SluiceError(
            .configuration,
            "the first \(count) requests\(model.map { " of \($0)" } ?? "") all failed alike: \(failure.line)",
            hint: "check the model and the parameters; --on-error ignore sends the other rows all the same")
    }

    /// Takes a page of markup in the place of an answer; the error if the run is to stop.
    mutating func addPage(_ message: String) -> SluiceError? {
        guard !areOver else { return nil }
        pages += 1
        guard pages >= Self.mostPages else { return nil }
        return SluiceError(
            .configuration, "the server sends web pages, not answers: \(message)",
            hint: "check --base-url; it ends before /chat/completions, often in /v1")
    }

    private static func isOfRow(_ failure: Failure) -> Bool { mentions(failure, ofRows) }

    private static func mentions(_ failure: Failure, _ phrases: [String]) -> Bool {
        let text = "\(failure.code ?? "") \(failure.message)".lowercased()
        return phrases.contains { text.contains($0) }
    }

    private static func isAlike(_ failure: Failure, _ other: Failure) -> Bool {
        guard failure.status == other.status, failure.code == other.code else { return false }
        return failure.message == other.message
            || !mentions(failure, ofSizes) && pattern(failure.message) == pattern(other.message)
    }

    /// The words of a message but for those that tell one request from another: with a digit, or long and hexadecimal.
    private static func pattern(_ message: String) -> [ArraySlice<UInt8>] {
        func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte >= 0x80 }
        return Array(message.utf8)
            .split { !isDigit($0) && !isLetter($0) && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
            .filter { word in
                !word.contains(where: isDigit)
                    && (word.count < 8 || !word.allSatisfy { ($0 | 0x20) &- 0x61 < 6 || $0 == UInt8(ascii: "-") })
            }
    }
}

extension Bytes {
    /// Whether it is HTML or XML, by its first character.
    var isMarkup: Bool {
        withoutByteOrderMark.withUnsafeBytes { bytes in
            bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "<")
        }
    }
}
