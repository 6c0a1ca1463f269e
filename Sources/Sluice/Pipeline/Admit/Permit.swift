internal import SluiceScheduling

/// Leave for one attempt.
///
/// It is given back unused when it goes away without having been settled.
struct Permit: ~Copyable {
    /// What was granted, copyable for those who race several.
    let grant: Grant
    private let admission: Admission
    private var isSettled = false

    init(_ grant: Grant, of admission: Admission) {
        self.grant = grant
        self.admission = admission
    }

    /// Says how the attempt ended.
    mutating func settle(_ settlement: Settlement) {
        isSettled = true
        admission.settle(grant, settlement)
    }

    deinit {
        if !isSettled { admission.settle(grant, .returned) }
    }
}
