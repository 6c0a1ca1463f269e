internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// Which accounts the flags, the configuration and the variables come to.
///
/// Where they come from is decided once. What is read again while a run goes on is the same files, and a file that says
/// nothing of accounts any more is a mistake: rows must not go to another host with another key because of it.
extension AccountFlags {
    /// The configuration that counts: the one that is named, else the one that is found, unless something before it
    /// says where to send.
    /// - Throws: ``SluiceError`` if it cannot be read, or if it and a flag say where to send.
    func configuration() throws(SluiceError) -> ConfigurationFile? {
        guard let config else {
            let isExplicit = !addresses.isEmpty || keyVariable != nil || keyFile != nil
            return isExplicit ? nil : try ConfigurationFile.counting(nil)
        }
        let file = try ConfigurationFile(config)
        // One with prices or a cache alone says nothing of that.
        if !baseURL.isEmpty, !(try file.accounts().isEmpty) {
            throw SluiceError(
                .usage, "--config and --base-url both say where to send", hint: "leave one out, or edit \(config)")
        }
        return file
    }

    /// The accounts with their keys, and the files that they come from; no files if that can be none that change.
    /// - Throws: ``SluiceError`` if there is no key where one is needed.
    /// - Parameter key: A key that stands on the command line.
    func accounts(
        _ configuration: ConfigurationFile?, key: Secret?
    ) throws(SluiceError) -> (all: [Account], source: AccountSource?) {
        let first: AccountSource.Reading
        let read: @Sendable () throws(SluiceError) -> AccountSource.Reading
        if let configuration, let configured = try configured(configuration, key) {
            first = try reading(configuration, configured, mayAsk: true)
            read = { [self, path = configuration.path] () throws(SluiceError) in
                let file = try ConfigurationFile(path)
                return try reading(file, file.accounts(), mayAsk: false)
            }
        } else if key == nil, let path = keyPath {
            first = try reading(keysIn: path)
            read = { [self] () throws(SluiceError) in try reading(keysIn: path) }
        } else {
            return (try limited(accounts(with: keys(key))), nil)
        }
        return (first.accounts, first.files.canChange ? AccountSource(files: first.files, read: read) : nil)
    }

    /// The accounts for a look that sends nothing: those of a configuration are without their keys, others that cannot be
    /// had are left out.
    func accountsToLookAt(_ configuration: ConfigurationFile?, key: Secret?) throws(SluiceError) -> [Account] {
        if let configuration, let configured = try configured(configuration, key) {
            return try limited(configured.map(\.account))
        }
        return try limited(accounts(with: (try? keys(key)) ?? []))
    }

    /// What the configuration says of accounts; nil if it is about other things, or a key stands on the command line.
    private func configured(
        _ configuration: ConfigurationFile, _ key: Secret?
    ) throws(SluiceError) -> [ConfiguredAccount]? {
        let configured = try configuration.accounts()
        guard !configured.isEmpty, key == nil || config != nil else { return nil }
        let flag =
            keyFile != nil ? "--api-key-file" : keyVariable != nil ? "--api-key-env" : key != nil ? "--api_key" : nil
        guard let flag else { return configured }
        throw SluiceError(
            .usage, "--config and \(flag) both say which keys to use",
            hint: "leave one out, or edit \(configuration.path)")
    }

    private func reading(
        _ configuration: ConfigurationFile, _ configured: [ConfiguredAccount], mayAsk: Bool
    ) throws(SluiceError) -> AccountSource.Reading {
        guard !configured.isEmpty else {
            throw SluiceError(.configuration, "no provider in the file any more", file: configuration.path)
        }
        var files = configuration.seen
        files.add(configured.flatMap(\.keys).compactMap(\.path).map(UserFolder.expanded))
        var accounts: [Account] = []
        var owners = KeyOwners()
        for account in configured { accounts.append(try account.withKeys(besides: &owners, mayAsk: mayAsk)) }
        return AccountSource.Reading(accounts: try limited(accounts), files: files)
    }

    private func reading(keysIn path: String) throws(SluiceError) -> AccountSource.Reading {
        let files = WatchedFiles([UserFolder.expanded(path)])
        let keys = try KeySource(path: path).keys()
        return AccountSource.Reading(accounts: try limited(accounts(with: keys)), files: files)
    }

    /// An account for each key at each address, until a configuration groups them.
    private func accounts(with keys: [Secret]) throws(SluiceError) -> [Account] {
        var accounts: [Account] = []
        for address in addresses.isEmpty ? ["https://api.openai.com/v1"] : addresses {
            let base = try BaseURL(address)
            for index in 0..<max(1, keys.count) {
                let name = keys.count < 2 ? base.authority : "\(base.authority) key \(index + 1)"
                let own = index < keys.count ? [keys[index]] : []
                var account = Account(name: name, base: base, keys: own, limits: UsualLimits.at(base))
                account.addUsualModelLimits()
                account.isNamed = false
                accounts.append(account)
            }
        }
        return accounts
    }

    private var addresses: [String] {
        baseURL.isEmpty ? ProcessEnvironment["OPENAI_BASE_URL"].map { [$0] } ?? [] : baseURL
    }

    /// The file that the keys are in, if it is one without addresses.
    private var keyPath: String? {
        if let keyFile { return keyFile }
        guard keyVariable == nil, variables.isEmpty, addresses.isEmpty else { return nil }
        return ["~/oai_key.txt"].first(where: TextFile.exists)
    }

    /// The variables that everybody knows, as far as they are set.
    private var variables: [String] {
        ["OPENAI_API_KEYS", "OPENAI_API_KEY"].filter { ProcessEnvironment[$0] != nil }
    }

    /// The keys where no configuration names them; none for a server of one's own that needs none.
    /// - Parameter key: A key that stands on the command line.
    private func keys(_ key: Secret?) throws(SluiceError) -> [Secret] {
        if let key { return [key] }
        if let keyPath { return try KeySource(path: keyPath).keys() }
        if let variable = keyVariable ?? variables.first { return try KeySource(variable: variable).keys() }
        guard addresses.isEmpty else { return [] }
        throw SluiceError(
            .configuration, "no key",
            hint: "export OPENAI_API_KEY=…, or name a server with --base-url, or rehearse with 'sluice mock'")
    }
}
