internal import SluiceCore

/// What became of a row, ready to be recorded and then reported; indirect for the reason given at ``Passage``.
indirect enum Outcome {
    /// Answered; `line` is its line of the output, `asked` the one of several models that it was asked of.
    case answered(line: [UInt8], asked: String?, usage: Usage?, finish: String?, charge: Charge)
    /// Answered without a request of its own; `line` is its line of the output.
    case given(line: [UInt8], asked: String?, SharedAnswer)
    /// Failed; `line` is its line of the errors file, nil if there is no such file, `number` its line of the input.
    case failed(line: [UInt8]?, number: Int, asked: String?, Failure)
    /// Not asked to the end: the run is being stopped.
    case left

    /// The length of the line that is written, in bytes.
    var lineLength: Int {
        switch self {
        case .answered(let line, _, _, _, _), .given(let line, _, _): line.count
        case .failed(let line, _, _, _): line?.count ?? 0
        case .left: 0
        }
    }
}
