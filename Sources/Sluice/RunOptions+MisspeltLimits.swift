internal import SluiceCore
internal import SluiceProviders

extension RunOptions {
    /// What to say of limits of single models that look like those of a model of this run, but have another name.
    ///
    /// A configuration is for many runs, so limits of models that others ask for are nothing to speak of.
    var misspeltLimits: [String] {
        accounts.flatMap { account -> [String] in
            let asked = asking.namedModels.map { account.name(of: $0) }
            let unlimited = asked.filter { account.modelLimits[$0] == nil }
            let provider = ProviderName.at(account.base)
            return account.modelLimits.keys.sorted().compactMap { name -> String? in
                guard !asked.contains(name), account.models?.contains(name) != true,
                    catalogue.model(name, at: provider) == nil,
                    let near = DidYouMean.nearest(to: name, among: unlimited)
                else { return nil }
                return "\(account.name) has limits for '\(name)', which nobody asks for; did you mean '\(near)'?"
            }
        }
    }
}
