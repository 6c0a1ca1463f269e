internal import SluiceCore
internal import SluiceTokens

/// The tokens of prompts as admission reserves them, learning from what the provider counts.
///
/// Where no limit is in tokens nobody needs to know better than by the bytes, and no vocabulary is loaded.
final class PromptEstimator: Sendable {
    /// More models in one run are estimated without being remembered.
    private static let mostModels = 64

    private struct State {
        /// Estimators that nobody uses right now: one for each thread that planned at the same time.
        var free: [String: [ChatTokenEstimator]] = [:]
        var calibrations: [String: Calibration] = [:]
    }

    private let isNeeded: Bool
    private let isPrecise: Bool
    private let nameOf: @Sendable (String) -> String
    private let state = Guarded(State())

    /// - Parameters:
    ///   - isNeeded: Whether anything depends on the number.
    ///   - isPrecise: Whether models without a public vocabulary are worth loading another one, so that more is learned
    ///     from each answer; a run puts its numbers right with every answer and need not know so well beforehand.
    ///   - nameOf: What a model is called where it is asked.
    init(isNeeded: Bool, isPrecise: Bool = false, nameOf: @escaping @Sendable (String) -> String = { $0 }) {
        self.isNeeded = isNeeded
        self.isPrecise = isPrecise
        self.nameOf = nameOf
    }

    /// What counts the tokens of a model, by the run's name.
    func estimator(_ model: String, wantsTraits: Bool = false) -> ChatTokenEstimator {
        ChatTokenEstimator(model: nameOf(model), wantsTraits: wantsTraits)
    }

    /// Estimates a request's prompt.
    func estimate(_ request: Request) -> PromptTokens {
        guard isNeeded else {
            return PromptTokens(
                estimate: TokenEstimate(tokens: request.estimatedTokens, method: .rule), uncorrected: nil)
        }
        let model = request.model
        let (known, calibration) = state.withLock { ($0.free[model]?.popLast(), $0.calibrations[model]) }
        var estimator = known ?? estimator(model, wantsTraits: isPrecise)
        let raw = estimator.uncorrected(request)
        let traits = estimator.traits
        let used = estimator
        state.withLock { state in
            if state.free[model] != nil || state.free.count < Self.mostModels {
                state.free[model, default: []].append(used)
            }
        }
        return PromptTokens(
            estimate: calibration?.corrected(raw, traits: traits) ?? raw,
            uncorrected: raw.method == .exact ? nil : raw.tokens, traits: traits)
    }

    /// The tokens of a prompt that was estimated some time ago, by what is known now.
    func tokens(_ prompt: PromptTokens, of model: String) -> Int {
        guard isNeeded, let uncorrected = prompt.uncorrected else { return prompt.estimate.tokens }
        let raw = TokenEstimate(tokens: uncorrected, method: .rule)
        return state.withLock { $0.calibrations[model] }?.corrected(raw, traits: prompt.traits).tokens
            ?? prompt.estimate.tokens
    }

    /// Takes in what the provider counted for a prompt.
    func learn(_ prompt: PromptTokens, of model: String, counted: Int) {
        guard let estimated = prompt.uncorrected else { return }
        state.withLock { state in
            if state.calibrations[model] != nil || state.calibrations.count < Self.mostModels {
                state.calibrations[model, default: Calibration()].observe(
                    estimated: estimated, counted: counted, traits: prompt.traits)
            }
        }
    }
}
