internal import Sluice
internal import SluiceCore

/// An account as a configuration file describes it: its keys are not looked up yet.
struct ConfiguredAccount {
    /// The account without keys.
    var account: Account
    /// Where its keys are.
    var keys: [KeySource] = []

    /// The account with its keys.
    /// - Throws: ``SluiceError`` if one cannot be had, or is another account's.
    /// - Parameters:
    ///   - owners: Whose the keys of the accounts before this one are.
    ///   - mayAsk: Whether a command may ask somebody at the terminal, as before a run.
    func withKeys(besides owners: inout KeyOwners, mayAsk: Bool) throws(SluiceError) -> Account {
        var account = account
        for source in keys {
            let found = try source.keys(mayAsk: mayAsk)
            if source.place != nil { try owners.add(found, of: account, from: source) }
            account.keys += found
        }
        return account
    }
}
