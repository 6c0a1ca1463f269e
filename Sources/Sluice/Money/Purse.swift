internal import SluiceCore

/// Says what each attempt costs.
struct Purse: Sendable {
    private let prices: PriceBook
    private let now: @Sendable () -> Now

    init(_ prices: PriceBook, now: @escaping @Sendable () -> Now) {
        self.prices = prices
        self.now = now
    }

    func charge(_ judgement: Judgement, of order: Plan.Order, account: Int) -> Charge {
        if case .accept(let answer) = judgement.next {
            if let cost = prices.cost(of: answer, model: order.model, account: account, at: now().wall) {
                return .known(cost)
            }
            return answer.usage == nil ? atMost(order) ?? .unknown : .unknown
        }
        return judgement.mayBePaid ? atMost(order) ?? .none : .none
    }

    /// Without a budget the order does not carry its ceiling, which few attempts need.
    private func atMost(_ order: Plan.Order) -> Charge? {
        let ceiling =
            order.ceiling > .zero
            ? order.ceiling
            : prices.ceiling(order.body, model: order.model, endpoint: order.endpoint, maxTokens: order.maxTokens)
        return ceiling.map(Charge.atMost)
    }
}
