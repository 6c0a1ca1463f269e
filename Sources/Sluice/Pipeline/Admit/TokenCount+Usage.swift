internal import SluiceCore
internal import SluiceScheduling

extension TokenCount {
    /// What an answer used.
    init(_ usage: Usage) {
        self.init(input: usage.input, output: usage.output)
    }
}
