/// A line of a fault script: which requests meet a fault.
public struct FaultRule: Sendable, Equatable {
    /// Which requests it is about.
    public var condition: Condition
    /// What happens to them.
    public var fault: Fault
    /// How often at most, or nil for always.
    public var times: Int?

    /// A rule about the requests that meet a condition.
    public init(_ condition: Condition, _ fault: Fault, times: Int? = nil) {
        self.condition = condition
        self.fault = fault
        self.times = times
    }

    /// A rule about every request.
    public init(_ kind: Fault.Kind, times: Int? = nil) { self.init(Condition(), Fault(kind), times: times) }

    /// A rule about every request.
    public init(_ fault: Fault, times: Int? = nil) { self.init(Condition(), fault, times: times) }

    /// A rule for a fault without delay and headers of its own.
    public init(_ condition: Condition, _ kind: Fault.Kind, times: Int? = nil) {
        self.init(condition, Fault(kind), times: times)
    }

    var isValid: Bool { condition.isValid && fault.isValid && (times ?? 1) >= 1 }
}
