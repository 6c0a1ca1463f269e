internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceTransport

/// Decides what a reply, or the lack of one, means for the row, for the key and for the run.
///
/// Text that comes from outside passes the redactor here, before it can reach a file or a screen.
final class JudgeStage: Sendable {
    private struct Memory {
        /// 401s in a row by credential: some proxies glitch, so one alone does not retire a key.
        var unauthorised: [CredentialIndex: Int] = [:]
        /// The credentials that have answered, and how many pages in the place of a 403 each has met since its last answer.
        var answering: [CredentialIndex: Int] = [:]
        /// The credentials that said a model does not exist.
        var without: [String: Set<CredentialIndex>] = [:]
        /// What came before the first answer of each of several models; under nil that of all others.
        var openings: [String?: OpeningFailures] = [:]
        var accounts: [Account] = []
        /// The provider of each account, by the catalogue's name.
        var providers: [String?] = []
        var redactor = Redactor([])
        var answerRedactor = Redactor([])
    }

    /// So many pages in a row are no longer a firewall that dislikes a row, but the key.
    private static let mostForbidden = 5
    /// So many characters of a message are shown, and of a code.
    private static let longestMessage = 500
    private static let longestCode = 200
    /// Shorter keys may be words of an answer: `password`, `not-needed`.
    private static let shortestInAnswers = 16

    private let stopsAtCommonFailure: Bool
    /// The models that every row is asked of, if it is several.
    private let compared: Set<String>
    private let now: @Sendable () -> Now
    private let memory = Guarded(Memory())

    init(_ options: RunOptions, now: @escaping @Sendable () -> Now) {
        stopsAtCommonFailure = options.stopsAtCommonFailure
        compared = options.asking.models.isEmpty ? [] : Set(options.asking.namedModels)
        self.now = now
        update(options.accounts)
    }

    /// Takes over the accounts with all keys that they have had, and forgets what was said of these.
    func update(_ accounts: [Account]) {
        let keys = accounts.flatMap(\.keys)
        let redactor = Redactor(keys)
        let answerRedactor = Redactor(keys, shortest: Self.shortestInAnswers)
        let providers = accounts.map { ProviderName.at($0.base) }
        memory.withLock { memory in
            memory.accounts = accounts
            memory.providers = providers
            memory.redactor = redactor
            memory.answerRedactor = answerRedactor
            memory.unauthorised = [:]
            memory.answering = [:]
            memory.without = [:]
        }
    }

    private func redact(_ text: String, cutTo length: Int = longestMessage) -> String {
        memory.withLock { $0.redactor }.redact(text, cutTo: length)
    }

    /// A reply as it may be written: servers that echo what they got would give the key away.
    private func redact(_ reply: Bytes) -> Bytes { memory.withLock { $0.answerRedactor }.redact(reply) }

    func judge(_ result: Result<Reply, TransportFailure>, of order: Plan.Order, with grant: Grant) -> Judgement {
        switch result {
        case .success(let reply):
            if reply.isSuccess, let answer = OpenAIAnswer.decode(redact(reply.body)) {
                noteAnswer(order, grant.credential)
                return Judgement(.answered(tokens: answer.usage.map { TokenUse($0) }), .accept(answer))
            }
            return judge(reply, of: order, with: grant)
        case .failure(let failure):
            return judge(failure, of: order, with: grant)
        }
    }

    // MARK: a reply without an answer

    private func judge(_ reply: Reply, of order: Plan.Order, with grant: Grant) -> Judgement {
        let verdict = ErrorClassifier.classify(
            status: reply.status, header: reply.header, body: reply.body, from: provider(of: grant), now: now().wall)
        let message = redact(verdict.message)
        let failure = Failure(
            verdict.kind, status: reply.status, code: verdict.code.map { redact($0, cutTo: Self.longestCode) },
            message: message)
        if verdict.provesKey(status: reply.status) { noteProof(grant.credential) }
        switch verdict.kind {
        case .ok, .retry:
            if reply.isSuccess, reply.body.isMarkup { return judgePage(failure, of: order) }
            let reason = failure.line
            // A broken answer inside a success was generated, and so paid for.
            return Judgement(
                [503, 529].contains(reply.status)
                    ? .overloaded(reason: reason, wait: verdict.wait) : .failed(reason: reason),
                .again(countsAttempt: !grant.isProbe, backsOff: true), failure: failure, wait: verdict.wait,
                mayBePaid: reply.isSuccess)
        case .retryRoute:
            return Judgement(
                .throttled(wait: verdict.wait), .again(countsAttempt: false, backsOff: false), failure: failure)
        case .parkDay:
            let until = now().mono + (verdict.wait ?? .seconds(3600))
            return Judgement(
                .parked(until: until, reason: message), .again(countsAttempt: false, backsOff: false),
                failure: failure)
        case .retireKey:
            if reply.status == 401, countUnauthorised(grant.credential) < 2 {
                return Judgement(
                    .answered(tokens: .zero), .again(countsAttempt: false, backsOff: false), failure: failure)
            }
            if reply.status == 403, !verdict.isStructured, mayBeOfRow(order, grant.credential) {
                return misdirected(failure, hint: verdict.hint)
            }
            // A key may be kept from one model only.
            return Judgement(
                reply.status == 403 ? .barred(reason: message) : .retired(reason: message),
                .again(countsAttempt: false, backsOff: false), failure: failure)
        case .final:
            if order.fallback == nil, let error = countFailure(failure, of: order) {
                return Judgement(.answered(tokens: nil), .halt(error), failure: failure)
            }
            return Judgement(.answered(tokens: nil), .giveUp, failure: failure)
        case .fatalRoute:
            return judgeRoute(verdict, failure, of: order, with: grant)
        }
    }

    /// A page in the place of an answer: one or two may be a proxy's whim at the start.
    private func judgePage(_ failure: Failure, of order: Plan.Order) -> Judgement {
        if let error = countPage(failure.message, of: order) {
            return Judgement(
                .misdirected(reason: error.message, hint: error.hint), .again(countsAttempt: false, backsOff: true),
                failure: failure, mayBePaid: true)
        }
        return hasAnswered(order)
            ? misdirected(failure, hint: nil, mayBePaid: true)
            : Judgement(
                .failed(reason: failure.message), .again(countsAttempt: false, backsOff: true), failure: failure,
                mayBePaid: true)
    }

    private func judgeRoute(
        _ verdict: Verdict, _ failure: Failure, of order: Plan.Order, with grant: Grant
    ) -> Judgement {
        if verdict.concernsModel {
            let isNowhere = memory.withLock { memory in
                memory.without[order.model, default: []].insert(grant.credential)
                let credentials = memory.accounts.serving(order.model).reduce(0) { $0 + max(1, $1.keys.count) }
                return memory.without[order.model]?.count ?? 0 >= credentials
            }
            let isLast = isNowhere && order.fallback == nil
            if isLast, order.isRunsModel || isUnproven(order) || order.concernsRun && !hasAnswered(order) {
                let hint = order.isRunsModel ? "name another one with -m" : Self.comparedHint
                return Judgement(
                    .answered(tokens: .zero),
                    .halt(
                        SluiceError(
                            .configuration, "the provider has no model '\(order.model)': \(failure.message)",
                            hint: order.stepsIn ? "name another one with --fallback" : hint)), failure: failure)
            }
            // A model that only rows name costs each of them a request, so that each has what the provider says.
            if isLast, !order.stepsIn { return Judgement(.answered(tokens: .zero), .giveUp, failure: failure) }
            // Another key may belong to a project that has the model, and another model may step in. One that is to step
            // in and does not exist is asked for once, and then no more row is sent away to it.
            return Judgement(
                .barred(reason: failure.message), .again(countsAttempt: false, backsOff: false), failure: failure)
        }
        return misdirected(
            failure,
            hint: verdict.hint.map { redact($0) } ?? "check --base-url; it ends before /chat/completions, often in /v1")
    }

    /// The endpoint is not what it should be, or it is this request that is wrong: another one tells.
    private func misdirected(_ failure: Failure, hint: String?, mayBePaid: Bool = false) -> Judgement {
        // Others go meanwhile: they show which of the two it is.
        Judgement(
            .misdirected(reason: failure.message, hint: hint), .again(countsAttempt: false, backsOff: true),
            failure: failure, mayBePaid: mayBePaid)
    }

    /// The provider that a request was sent to, by the catalogue's name; nil if it is none that is known.
    func provider(of grant: Grant) -> String? {
        memory.withLock { $0.providers[grant.account] }
    }

    // MARK: no reply

    private func judge(_ broken: TransportFailure, of order: Plan.Order, with grant: Grant) -> Judgement {
        let message = redact(broken.message)
        let failure = Failure(.retry, code: broken.kind.rawValue, message: message)
        switch broken.kind {
        case .tls where !hasAnswered(endpointOf: grant):
            return Judgement(
                .misdirected(
                    reason: message,
                    hint: broken.hint
                        ?? "for a certificate of your own set SSL_CERT_FILE or --ca-file to its authority"),
                .again(countsAttempt: false, backsOff: false), failure: failure)
        case .refused, .unresolved, .connectTimeout, .tls:
            // Once something was answered, certificates are in order: a handshake that fails then is one machine's.
            let advice = broken.hint.map { " (\($0))" } ?? ""
            return Judgement(
                .unreachable(reason: message + advice), .again(countsAttempt: false, backsOff: false), failure: failure)
        case .timeout, .reset, .malformed:
            return Judgement(
                .failed(reason: message), .again(countsAttempt: !grant.isProbe, backsOff: true), failure: failure,
                mayBePaid: broken.mayBePaid)
        case .repeated:
            // The server may only give all its replies one id, so no row has an attempt less for it.
            return Judgement(
                .answered(tokens: nil), .again(countsAttempt: false, backsOff: false), failure: failure,
                mayBePaid: broken.mayBePaid)
        case .tooLarge:
            let final = Failure(.final, code: broken.kind.rawValue, message: message)
            return Judgement(.answered(tokens: nil), .giveUp, failure: final, mayBePaid: true)
        case .aborted:
            return Judgement(
                broken.mayBePaid ? .abandoned : .returned, .again(countsAttempt: false, backsOff: false),
                failure: failure, mayBePaid: broken.mayBePaid)
        }
    }

    /// The one of several models that an order asks; nil for all others.
    private func compared(_ order: Plan.Order) -> String? { compared.contains(order.model) ? order.model : nil }

    /// Whether an order asks one of several models that has answered nothing so far: what keeps it from that is then wrong
    /// with the run, and not with the row.
    func isUnproven(_ order: Plan.Order) -> Bool { compared(order) != nil && !hasAnswered(order) }

    /// What to do about one of several models that cannot be asked.
    static let comparedHint = "leave it out of --models, or name another; the same command then asks what is left"

    /// Whether anything was answered so far, by the same model where every row is asked of several.
    private func hasAnswered(_ order: Plan.Order) -> Bool {
        let model = compared(order)
        return memory.withLock { $0.openings[model]?.areOver ?? false }
    }

    /// Whether the endpoint of a grant has answered, whoever asked.
    private func hasAnswered(endpointOf grant: Grant) -> Bool {
        memory.withLock { memory in
            let base = memory.accounts[grant.account].base
            return memory.answering.keys.contains { memory.accounts[$0.account].base == base }
        }
    }

    private func noteAnswer(_ order: Plan.Order, _ credential: CredentialIndex) {
        let model = compared(order)
        memory.withLock { memory in
            memory.openings[model, default: OpeningFailures()].end()
            if !memory.unauthorised.isEmpty { memory.unauthorised[credential] = nil }
            // Set once, and from then on only after a page.
            if memory.answering[credential] != 0 { memory.answering[credential] = 0 }
        }
    }

    /// Takes note of a reply that a wrong key would not have got.
    private func noteProof(_ credential: CredentialIndex) {
        memory.withLock { if !$0.unauthorised.isEmpty { $0.unauthorised[credential] = nil } }
    }

    /// Whether a page in the place of a 403 may be about the row: its key has answered before and met few such pages since.
    ///
    /// Firewalls in front of a provider refuse some texts so. Where others can be asked, a key that only gets pages is not.
    private func mayBeOfRow(_ order: Plan.Order, _ credential: CredentialIndex) -> Bool {
        memory.withLock { memory in
            guard let pages = memory.answering[credential] else { return false }
            memory.answering[credential] = pages + 1
            let credentials = memory.accounts.serving(order.model).reduce(0) { $0 + max(1, $1.keys.count) }
            return pages < Self.mostForbidden || credentials == 1
        }
    }

    /// Counts a row that fails for good before anything was answered; the error if too many have failed alike.
    private func countFailure(_ failure: Failure, of order: Plan.Order) -> SluiceError? {
        guard stopsAtCommonFailure else { return nil }
        let model = compared(order)
        return memory.withLock { $0.openings[model, default: OpeningFailures()].add(failure, of: model) }
    }

    /// Counts a page that came in the place of an answer before anything was answered.
    private func countPage(_ message: String, of order: Plan.Order) -> SluiceError? {
        let model = compared(order)
        return memory.withLock { $0.openings[model, default: OpeningFailures()].addPage(message) }
    }

    private func countUnauthorised(_ credential: CredentialIndex) -> Int {
        memory.withLock { memory in
            memory.unauthorised[credential, default: 0] += 1
            return memory.unauthorised[credential] ?? 0
        }
    }
}

extension Reply {
    /// Whether its status says that it holds an answer.
    var isSuccess: Bool { (200..<300).contains(status) }
}

extension Verdict {
    /// Whether a wrong key would have been refused before this was said.
    fileprivate func provesKey(status: Int) -> Bool {
        guard (400..<500).contains(status), ![401, 403].contains(status) else { return false }
        return kind == .final || kind == .retryRoute || kind == .parkDay || concernsModel
    }
}
