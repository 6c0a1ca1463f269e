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
            "\(account)\(credential.isEmpty ? "" : ", \(credential)") is not used any more: \(reason) (\(left) keys left)"
        case .barred:
            nil  // counted among the failures; the other models go on
        case .learned(let account, let rate):
            "\(account) bears about \(Int(rate.rounded())) requests/min, learned from refusals"
        case .endpointLost(let reason):
            "waiting: \(reason)"
        case .endpointBack(let span):
            "the server answers again after \(span.text)"
        }
    }
}
