internal import SluiceCore
internal import SluiceScheduling

extension TokenUse {
    /// What an answer used.
    init(_ usage: Usage) {
        self.init(input: usage.input, output: usage.output)
    }
}
