internal import Sluice
internal import SluiceCore
internal import SluiceProviders

extension Account {
    /// Adds what its provider allows for single models, unless somebody has said something else of these or of all.
    mutating func addUsualModelLimits() {
        guard limits.concurrency == UsualLimits.at(base).concurrency else { return }
        for (model, concurrency) in UsualLimits.concurrency(ofModelsAt: base) where modelLimits[model] == nil {
            var own = limits
            own.concurrency = concurrency
            modelLimits[model] = own
        }
    }
}
