internal import SluiceCore
internal import SluiceTransport

/// What goes on beside the rows: other keys, the load that servers tell, connections.
extension Preparation {
    /// What looks for other accounts while the run goes on; nil if they stay as they are.
    func watch(_ pipeline: Pipeline, _ gauges: GaugeWatches) -> AccountWatch? {
        AccountWatch(options, environment: environment, onEvent: events.take) { [admit = pipeline.admit] in
            admit.missingKeys
        } mayJoin: { [options, hasLedger = days != nil] account in
            // What rows can cost was reckoned with the prices of the accounts that there were.
            let isPriced = !options.limitsSpending || options.accounts.contains { $0.base == account.base }
            let isCounted = hasLedger || !account.hasDayLimits
            return isPriced && isCounted && (options.limitsSpending || !account.limitsSpending)
        } takeOver: { [prices, manifest] roster throws(SluiceError) in
            // Admission comes last: what it grants must be known everywhere.
            try pipeline.send.update(roster.accounts)
            prices.update(roster.accounts)
            pipeline.share.update(roster.accounts)
            pipeline.judge.update(roster.accounts)
            pipeline.admit.rekey(roster)
            gauges.update(roster)
            manifest?.update(roster.inUse)
        }
    }

    /// The accounts that the run began with.
    var accounts: [Account] { options.accounts }

    /// Those who ask servers for their load.
    func gaugeWatches(_ pipeline: Pipeline, _ transport: any Transport) -> GaugeWatches {
        let watches = GaugeWatches(
            transport: transport, admission: pipeline.admit, memory: memory, sleep: environment.sleep)
        watches.update(Roster(options.accounts))
        return watches
    }

    /// How the transport is to work; it tells admission of the connections that it makes.
    func transportSettings(_ admission: @escaping @Sendable () -> Admission?) -> DirectSettings {
        var settings = DirectSettings()
        settings.connectTimeout = options.connection.connectTimeout
        settings.replyCap = options.connection.maxResponse
        settings.memory = memory
        settings.tls = options.tls
        settings.wall = { [environment] in environment.now().wall }
        settings.onConnect = { admission()?.connected(after: $0) }
        return settings
    }
}

extension RunOptions {
    /// Whom connections trust, and as whom they appear.
    var tls: TLSOptions {
        var tls = TLSOptions()
        tls.authorities = connection.authorities
        tls.areAuthoritiesReadLate = !connection.checksUnusedAuthorities && !accounts.contains { $0.base.isSecure }
        tls.isVerified = !connection.isInsecure
        tls.identity = connection.identity.map {
            TLSOptions.Identity(certificate: $0.certificate, key: $0.key)
        }
        return tls
    }
}
