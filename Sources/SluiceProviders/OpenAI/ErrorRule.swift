internal import SluiceCore

/// What a code or a text means in the errors of a provider, where status and common sense tell something else.
struct ErrorRule: Sendable {
    /// The HTTP statuses that it holds for.
    let statuses: ClosedRange<Int>
    /// The error's code, or its type where the code is none or a number; nil for any.
    let code: String?
    /// What the error has to say, in lower case, a digit at the end being the end of a number; nil for anything.
    let phrase: String?
    /// What the engine does about it.
    let kind: OutcomeClass
    /// Whether the fault lies with the model that was asked for.
    let concernsModel: Bool

    init(
        _ code: String?, saying phrase: String? = nil, at statuses: ClosedRange<Int> = 400...499, _ kind: OutcomeClass,
        concernsModel: Bool = false
    ) {
        self.statuses = statuses
        self.code = code
        self.phrase = phrase
        self.kind = kind
        self.concernsModel = concernsModel
    }

    /// The rule for an error of a provider by the catalogue's name; nil if none is known.
    ///
    /// A relay passes on what others say, so behind an address that is not known the rules of all hold, as far as they
    /// do not contradict those that hold everywhere.
    static func matching(_ error: OpenAIError, status: Int, at provider: String?) -> ErrorRule? {
        func find(_ rules: [ErrorRule]) -> ErrorRule? { rules.first { $0.holds(for: error, status: status) } }
        guard let provider else { return find(everywhere) ?? find(relayed) }
        return providers[provider].flatMap(find) ?? find(everywhere)
    }

    private static let relayed = providers.sorted { $0.key < $1.key }.flatMap(\.value)

    private func holds(for error: OpenAIError, status: Int) -> Bool {
        guard statuses.contains(status), code.map(error.isNamed) ?? true else { return false }
        return phrase.map(error.says) ?? true
    }
}

extension OpenAIError {
    /// Whether this is its code or, where a status or nothing stands in the place of a code, its type.
    fileprivate func isNamed(_ name: String) -> Bool { code == name || !hasNamedCode && type == name }

    /// Whether it says a phrase; a number at the phrase's end is not the beginning of a longer one.
    fileprivate func says(_ phrase: String) -> Bool {
        let text = text.utf8
        let phrase = phrase.utf8
        let isNumber = phrase.last.map { $0 &- 0x30 < 10 } ?? false
        return text.indices.contains { start in
            guard text[start...].starts(with: phrase) else { return false }
            let next = text[start...].dropFirst(phrase.count).first
            return !isNumber || !(next.map { $0 &- 0x30 < 10 } ?? false)
        }
    }
}
