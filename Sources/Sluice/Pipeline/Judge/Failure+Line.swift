internal import SluiceCore

extension Failure {
    /// The status and what was said, the status once.
    var line: String { message.hasPrefix("http ") ? message : "http \(status ?? 0): \(message)" }
}
