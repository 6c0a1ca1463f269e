internal import SluiceCore
internal import Yams

extension SluiceError {
    /// What is wrong with a text that is no YAML, without a word of it: there may be keys in it.
    init(yaml error: any Error, file: String) {
        var line: Int?
        let problem: String
        switch error as? YamlError {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            (problem, line) = (text, mark.line)
        case .reader(let text, _, _, _): problem = text
        case .duplicatedKeysInMapping(_, let context): (problem, line) = ("a name stands twice", context.mark.line)
        default: problem = "it cannot be read"
        }
        self.init(.configuration, "not valid yaml: \(problem)", file: file, line: line)
    }
}
