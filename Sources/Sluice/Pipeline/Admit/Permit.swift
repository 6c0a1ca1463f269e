internal import SluiceCore
internal import SluiceScheduling

/// Leave for one attempt.
///
/// It is given back unused when it goes away without having been settled.
struct Permit: ~Copyable {
    /// What was granted, copyable for those who race several.
    let grant: Grant
    /// The most that it can cost, kept free in the budget.
    private let reserved: Money
    private let admission: Admission
    private var isSettled = false

    init(_ grant: Grant, reserving reserved: Money = .zero, of admission: Admission) {
        self.grant = grant
        self.reserved = reserved
        self.admission = admission
    }

    /// Says how the attempt ended, and what it took from the budget.
    mutating func settle(_ settlement: Settlement, cost: Money = .zero) {
        isSettled = true
        admission.settle(grant, settlement, reserved: reserved, cost: cost)
    }

    deinit {
        if !isSettled { admission.settle(grant, .returned, reserved: reserved, cost: .zero) }
    }
}
