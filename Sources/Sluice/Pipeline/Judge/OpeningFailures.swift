internal import SluiceCore

/// The failures before the first answer of a run, which tell what is wrong with the run as a whole.
///
/// A million rows are not sent after the first twenty have all failed with the same words.
struct OpeningFailures: Sendable {
    private static let mostAlike = 20
    private static let mostPages = 3
    /// What a provider says of a row's content in the same words each time.
    private static let ofRows = ["content", "moderation", "safety", "policy", "flagged", "context_length", "image"]
    private var first: Failure?
    private var count = 0
    private var pages = 0
    /// Whether there was an answer, behind which nothing is counted.
    private(set) var areOver = false

    /// Takes note of an answer.
    mutating func end() { areOver = true }

    /// Takes a row that failed for good; the error if the run is to stop.
    /// - Parameter model: The one of several models that was asked.
    mutating func add(_ failure: Failure, of model: String? = nil) -> SluiceError? {
        guard !areOver else { return nil }
        if first == nil { first = failure }
        guard let first, failure.status == first.status, failure.code == first.code, failure.message == first.message,
            !Self.isOfRow(failure)
        else {
            // They differ, so it is the rows.
            count = .min
            return nil
        }
        count += 1
        guard count >= Self.mostAlike else { return nil }
        return SluiceError(
            .configuration,
            "the first \(count) requests\(model.map { " of \($0)" } ?? "") all failed alike: http \(failure.status ?? 0): \(failure.message)",
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

    private static func isOfRow(_ failure: Failure) -> Bool {
        let text = "\(failure.code ?? "") \(failure.message)".lowercased()
        return ofRows.contains { text.contains($0) }
    }
}

extension Bytes {
    /// Whether it is HTML or XML, by its first character.
    var isMarkup: Bool {
        withUnsafeBytes { bytes in
            bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "<")
        }
    }
}
