internal import Sluice
internal import SluiceCore

/// An account as a configuration file describes it: its keys are not looked up yet.
struct ConfiguredAccount {
    /// The account without keys.
    var account: Account
    /// Where its keys are.
    var keys: [KeySource] = []

    /// The account with its keys.
    /// - Throws: ``SluiceError`` if one cannot be had.
    /// - Parameter mayAsk: Whether a command may ask somebody at the terminal, as before a run.
    func withKeys(mayAsk: Bool) throws(SluiceError) -> Account {
        var account = account
        for source in keys { account.keys += try source.keys(mayAsk: mayAsk) }
        return account
    }
}
