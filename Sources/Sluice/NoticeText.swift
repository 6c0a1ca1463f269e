internal import SluiceCore
internal import SluiceScheduling

/// What admission notices as a line for people; nil for what would only be noise.
enum NoticeText {
    static func line(_ notice: AdmissionMachine.Notice) -> String? {
        switch notice {
        case .throttled:
            nil  // shown as what is waited for, and counted
        case .parked(let account, _, let reason):
            "\(account) is parked: \(reason)"
        case .retired(let account, let credential, let reason, let left):
            "\(name(account, credential)) is not used any more: \(reason) (\(left) keys left)"
        case .barred:
            nil  // counted among the failures; the other models go on
        case .learned(let account, let rate):
            "\(account) bears about \(Int(rate.rounded())) requests/min, learned from refusals"
        case .endpointLost(_, .unreachable(let reason)):
            "waiting: \(reason)"
        case .endpointLost(let endpoint, .failing(let reason)):
            "waiting: \(endpoint) fails every request, the last with \(reason)"
        case .endpointLost(let endpoint, .misdirected(let reason, let hint)):
            "\(endpoint) is left aside: \(reason)" + (hint.map { "; \($0)" } ?? "")
        case .lastCall(let endpoint, let span):
            "\(endpoint) has failed every request for \(span.text), and only rows are left that it has failed: they are asked once more"
        case .endpointBack(let endpoint, let span):
            "\(endpoint) answers again after \(span.text)"
        case .credentialLost(let account, let credential, let trouble):
            "\(name(account, credential)) is left aside: \(trouble.text)"
        case .credentialBack(let account, let credential, let span):
            "\(name(account, credential)) gets answers again after \(span.text)"
        }
    }

    private static func name(_ account: String, _ credential: String) -> String {
        credential.isEmpty ? account : "\(account), \(credential)"
    }
}
