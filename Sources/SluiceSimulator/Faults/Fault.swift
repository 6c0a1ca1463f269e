public import SluiceCore

/// Something that goes wrong on purpose with one request.
public struct Fault: Sendable, Equatable {
    /// What goes wrong.
    public var kind: Kind
    /// The error whose reply it befalls, as if the kind were that error; nil for an answer's.
    public var refusal: Refusal?
    /// How much longer the reply takes.
    public var delay = TimeSpan.zero
    /// Header fields that are added to the reply, or take the place of those with the same name.
    public var headers: [Header] = []
    /// How far the provider's calendar is ahead, or behind if negative; nil for a reply that tells no date.
    ///
    /// The reply then has a `date`, its `retry-after` is a date and its reset headers are seconds since 1970 or, in
    /// Anthropic's style, dates, all by that wrong calendar.
    public var clockSkew: TimeSpan?

    /// A fault of one kind; with `refusal` one of those that break the way in which a reply is sent.
    public init(
        _ kind: Kind, of refusal: Refusal? = nil, delay: TimeSpan = .zero, headers: [Header] = [],
        clockSkew: TimeSpan? = nil
    ) {
        self.kind = kind
        self.refusal = refusal
        self.delay = delay
        self.headers = headers
        self.clockSkew = clockSkew
    }

    /// A header field.
    public struct Header: Sendable, Equatable {
        /// The name, in lower case by habit.
        public var name: String
        /// The value as it is sent.
        public var value: String

        /// A header field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Whether every number is in its range and every header can be sent.
    var isValid: Bool {
        let texts = headers.flatMap { [$0.name, $0.value] }
        let areHeadersSound =
            headers.allSatisfy { !$0.name.isEmpty }
            && texts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
        let isRefusalSound = refusal.map { Kind.error($0).isValid && kind.isAboutDelivery } ?? true
        return delay >= .zero && areHeadersSound && kind.isValid && isRefusalSound
    }

    /// The same fault at a provider that lives so many times as fast.
    func faster(by speed: Double) -> Fault {
        var fault = self
        fault.delay = .seconds(delay.seconds / speed)
        fault.kind = kind.faster(by: speed)
        fault.refusal = refusal?.faster(by: speed)
        return fault
    }

    /// The error that takes an answer's place, or stands inside it.
    var error: Refusal? {
        if case .error(let refusal) = kind { refusal } else { refusal }
    }

    /// Whether it takes the place of an answer, so that nothing is generated and nothing charged.
    var replacesAnswer: Bool { kind.replacesAnswer || error.map { $0.status != 200 } ?? false }
}
