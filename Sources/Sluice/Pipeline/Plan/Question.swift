internal import SluiceCore

/// What a row asks before the run's own settings are applied: the question and what the row says beside it.
struct Question {
    /// The way the provider is asked.
    var endpoint = Request.Endpoint.chat
    /// The model that the row names.
    var model: String?
    /// The question as JSON.
    var content: Bytes
    /// The number of messages or texts.
    var turns: Int
    /// The row's parameters.
    var parameters: [JSON.Member] = []
    /// A member that looks like a parameter and is none of them, if there is one.
    var leftOut: JSON.Member?
    /// The system message as JSON.
    var system: Bytes?

    /// A dialogue as it stands in the row, its system message replaced if the run has one of its own.
    static func messages(_ messages: JSON, system: String?) throws(Failure) -> Question {
        var count = 0
        var isDialogue = true
        var own: Bytes?
        // What stays where the run has a system message of its own.
        var rest: [Bytes] = []
        messages.forEachElement { message in
            var role: JSON?
            var content: JSON?
            message.forEachMember { member in
                if member.isNamed("role") {
                    role = member.value
                } else if member.isNamed("content") {
                    content = member.value
                }
            }
            isDialogue = role != nil
            let isSystem = role.map(Self.isSystem) ?? false
            if count == 0, isSystem { own = content?.raw }
            if system != nil, !isSystem { rest.append(message.raw) }
            count += 1
            return isDialogue
        }
        guard isDialogue, count > 0 else {
            throw Failure(.final, code: "bad_row", message: "'messages' is not a list of objects with a role")
        }
        guard let system else {
            var question = Question(content: messages.raw, turns: count)
            question.system = own
            return question
        }
        var json = JSONBuilder(capacity: messages.raw.count + system.utf8.count + 64)
        json.beginArray()
        json.message(role: "system", text: Bytes.quoted(system))
        for message in rest { json.raw(message) }
        json.endArray()
        var question = Question(content: Bytes(json.bytes), turns: rest.count + 1)
        question.system = Bytes.quoted(system)
        return question
    }

    private static func isSystem(_ role: JSON) -> Bool {
        let role = role.string
        return role == "system" || role == "developer"
    }

    /// A user's message as a JSON string, with a system message if there is one.
    static func text(_ text: Bytes, system: Bytes?) -> Question {
        turns([text], system: system)
    }

    /// Turns of user and assistant in alternation, as JSON strings.
    static func turns(_ turns: [Bytes], system: Bytes?) -> Question {
        var json = JSONBuilder(capacity: turns.reduce(96) { $0 + $1.count + 32 } + (system?.count ?? 0))
        json.beginArray()
        if let system { json.message(role: "system", text: system) }
        for (index, turn) in turns.enumerated() {
            json.message(role: index % 2 == 0 ? "user" : "assistant", text: turn)
        }
        json.endArray()
        var question = Question(content: Bytes(json.bytes), turns: turns.count + (system == nil ? 0 : 1))
        question.system = system
        return question
    }
}

extension JSONBuilder {
    fileprivate mutating func message(role: String, text: Bytes) {
        beginObject()
        key("role")
        value(role)
        key("content")
        raw(text)
        endObject()
    }
}

extension Bytes {
    /// A text as a JSON string.
    static func quoted(_ text: String) -> Bytes {
        var json = JSONBuilder(capacity: text.utf8.count + 8)
        json.value(text)
        return Bytes(json.bytes)
    }
}
