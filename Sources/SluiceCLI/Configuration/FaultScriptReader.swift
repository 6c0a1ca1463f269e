internal import Sluice
internal import SluiceCore
internal import SluiceSimulator
internal import Yams

/// Reads the nodes of a fault script.
struct FaultScriptReader {
    /// The file that errors name; nil for the command line.
    let file: String?

    private static let details: [String: [String]] = [
        "status": ["code", "type", "message", "param", "retry-after", "body"], "stall": ["for"], "drip": ["every"],
    ]
    /// What only the body of an error in the provider's shape says.
    private static let ofError: Set = ["code", "type", "message", "param"]
    private static let actions = [
        "status", "html", "body", "reset", "close", "stall", "truncate", "length", "chunked", "twice", "again",
        "interim", "size", "gzip", "bomb", "drip", "key", "limits",
    ]
    /// What can also befall an error that `status` makes.
    private static let deliveries: Set = [
        "reset", "close", "stall", "truncate", "length", "chunked", "twice", "again", "interim", "size", "gzip", "bomb",
        "drip",
    ]
    private static let always = ["delay", "headers", "clock"]

    func rule(_ node: Node) throws(SluiceError) -> FaultRule {
        var condition = FaultRule.Condition()
        var fault: Fault?
        var times: Int?
        for (name, value) in try members(of: node, known: ["when", "do", "times"]) {
            switch name {
            case "when": condition = try self.condition(value)
            case "do": fault = try self.fault(value)
            default: times = try whole(value, name, in: 1...Int.max)
            }
        }
        guard let fault else { throw error("a rule without 'do'", node, hint: "like do: {status: 503}") }
        return FaultRule(condition, fault, times: times)
    }

    private func condition(_ node: Node) throws(SluiceError) -> FaultRule.Condition {
        var condition = FaultRule.Condition()
        for (name, value) in try members(of: node, known: ["rate", "key", "prompt", "nth", "after"]) {
            switch name {
            case "rate": condition.rate = try fraction(value, name)
            case "key": condition.key = try text(value, name)
            case "prompt": condition.prompt = try text(value, name)
            case "nth": condition.nth = try range(value, name)
            default: condition.after = try span(value, name)
            }
        }
        return condition
    }

    private func fault(_ node: Node) throws(SluiceError) -> Fault {
        let all = try members(of: node, known: Self.actions + Self.always + Self.details.values.flatMap { $0 })
        var values: [String: Node] = [:]
        for (name, value) in all { values[name] = value }
        // `body` beside `status` says what is in the reply, alone it is the reply.
        let named = all.map(\.0).filter { Self.actions.contains($0) && !($0 == "body" && values["status"] != nil) }
        let delivery = values["status"] == nil ? nil : named.first { Self.deliveries.contains($0) }
        let deeds = delivery == nil ? named : named.filter { $0 != "status" }
        if deeds.count > 1 {
            throw error(
                "'\(deeds[0])' and '\(deeds[1])' in one rule", node,
                hint: "write two rules; the first that applies wins")
        }
        let own = named.flatMap { Self.details[$0] ?? [] }
        for (name, value) in all where !named.contains(name) && !Self.always.contains(name) && !own.contains(name) {
            let owner = Self.details.first { $0.value.contains(name) }?.key ?? "status"
            throw error("'\(name)' stands only beside '\(owner)'", value)
        }
        var fault = Fault(.none)
        if let name = deeds.first, let value = values[name] { fault.kind = try kind(name, value, values) }
        if delivery != nil, let status = values["status"] {
            guard values["body"] == nil else { throw error("'body' stands not beside '\(deeds[0])'", node) }
            fault.refusal = try refusal(status, values)
        }
        if let delay = values["delay"] { fault.delay = try span(delay, "delay") }
        if let clock = values["clock"] { fault.clockSkew = try skew(clock) }
        if let headers = values["headers"] {
            guard let mapping = headers.mapping else { throw error("'headers' are names with values", headers) }
            for (name, value) in mapping {
                fault.headers.append(.init(try text(name, "name of a header"), try string(value, "headers")))
            }
        }
        return fault
    }

    private func kind(_ name: String, _ value: Node, _ values: [String: Node]) throws(SluiceError) -> Fault.Kind {
        switch name {
        case "status":
            if let body = values["body"] {
                for (word, node) in values.sorted(by: { $0.key < $1.key }) where Self.ofError.contains(word) {
                    throw error("'\(word)' stands not beside 'body'", node, hint: "the body is all that is sent")
                }
                let wait = try values["retry-after"].map { node throws(SluiceError) in try span(node, "retry-after") }
                return .body(
                    try string(body, "body"), status: try whole(value, name, in: 200...599), retryAfter: wait)
            }
            return .error(try refusal(value, values))
        case "html": return .page(try whole(value, name, in: 200...599))
        case "body": return .body(try string(value, name), status: 200)
        case "reset": return .reset(try word(value, name, among: [.before, .head, .body]))
        case "close": return .close(try word(value, name, among: Fault.Place.allCases))
        case "stall":
            let place: Fault.Place = try word(value, name, among: [.before, .head, .body])
            guard let time = values["for"] else { return .stall(place, nil) }
            return .stall(place, try span(time, "for"))
        case "truncate": return .truncate(try word(value, name, among: Fault.Truncation.allCases))
        case "length": return .length(try change(value, name))
        case "chunked": return .chunked(try word(value, name, among: Fault.Chunking.allCases))
        case "twice": return .twice
        case "again": return .again(try span(value, name))
        case "interim": return .interim(try whole(value, name, in: 1...10_000))
        case "size": return .size(try bytes(value, name))
        case "gzip":
            switch try choice(value, name, among: ["sound", "broken"]) {
            case "broken": return .gzip(.broken)
            default: return .gzip(.sound)
            }
        case "bomb": return .gzip(.bomb(try bytes(value, name)))
        case "drip":
            guard let pause = values["every"] else { throw error("'drip' without 'every'", value, hint: "every: 10ms") }
            return .drip(bytes: try bytes(value, name), every: try span(pause, "every"))
        case "key": return .key(try word(value, name, among: Fault.KeyEnd.allCases))
        default: return .limits(try factor(value, name))
        }
    }

    private func refusal(_ status: Node, _ values: [String: Node]) throws(SluiceError) -> Refusal {
        var refusal = Refusal.usual(try whole(status, "status", in: 200...599))
        if let code = values["code"] { refusal.code = try text(code, "code") }
        if let type = values["type"] { refusal.type = try text(type, "type") }
        if let param = values["param"] { refusal.param = try text(param, "param") }
        if let message = values["message"] { refusal.message = try text(message, "message") }
        if let wait = values["retry-after"] { refusal.retryAfter = try span(wait, "retry-after") }
        return refusal
    }
}
