package import SluiceCore

extension AdmissionMachine {
    /// What the head of the queue waits for, and for how long.
    package struct Wait: Sendable, Equatable {
        /// What a request can wait for; accounts by the policy's names.
        package enum Cause: Sendable, Equatable {
            /// The requests per minute of an account.
            case requestsPerMinute(account: String)
            /// The requests per minute of the run.
            case totalRequestsPerMinute
            /// The tokens per minute of an account.
            case tokensPerMinute(account: String)
            /// The rate learned from refusals.
            case learnedRate(account: String)
            /// The slow start.
            case opening(account: String)
            /// A free place among the requests in flight of an account.
            case concurrency(account: String)
            /// The same, where their number is found by trying.
            case foundConcurrency(account: String)
            /// A free slot of the run.
            case totalConcurrency
            /// The end of the rest that a refusal asked for.
            case retryAfter(account: String)
            /// The renewal of a day or month quota.
            case quota(account: String, reason: String)
            /// A part of an account's day that is being counted.
            case dayCounter(account: String)
            /// The back-off of a retried request; nothing else waits.
            case backoff
            /// A retry, which answers or time bring.
            case retryBudget
            /// Room in the budget, which requests in flight may leave.
            case budget
            /// Other credentials: those that there were are retired, for these reasons.
            case keys(reasons: [String])
            /// The endpoint, to which nothing gets through.
            case endpoint(Circuit.Trouble)
        }

        /// What is waited for.
        package let cause: Cause
        /// For how long; nil if it depends on answers still to come.
        package let time: TimeSpan?

        /// The same without its time, the same text as long as it lasts.
        package var causeText: String { Wait(cause: cause, time: nil).text }

        /// The wait of a request that the ``Budget`` holds back.
        package static let budget = Wait(cause: .budget, time: nil)

        /// One line for people: `requests/min of account 2, 1.3s`.
        package var text: String {
            let length = time.map { ", \($0.text)" } ?? ""
            switch cause {
            case .requestsPerMinute(let account): return "requests/min of \(account)\(length)"
            case .totalRequestsPerMinute: return "requests/min of the run\(length)"
            case .tokensPerMinute(let account): return "tokens/min of \(account)\(length)"
            case .learnedRate(let account): return "learned rate of \(account)\(length)"
            case .opening(let account): return "opening ramp of \(account)\(length)"
            case .concurrency(let account): return "concurrency of \(account)\(length)"
            case .foundConcurrency(let account): return "concurrency of \(account) (auto)\(length)"
            case .totalConcurrency: return "a free slot\(length)"
            case .retryAfter(let account): return "retry-after of \(account)\(length)"
            case .quota(let account, let reason): return "quota of \(account) (\(reason))\(length)"
            case .dayCounter(let account): return "the day counter of \(account)"
            case .backoff: return "back-off\(length)"
            case .retryBudget: return "the retry budget: too many requests fail\(length)"
            case .budget: return "room in the budget"
            case .keys(let reasons): return "another key: " + (reasons.last ?? "none may be used")
            case .endpoint(let trouble):
                return "endpoint \(trouble.text)" + (time.map { ", next try in \($0.text)" } ?? ", trying")
            }
        }
    }
}
