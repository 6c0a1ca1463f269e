package import SluiceCore

/// The several answers of one reply, `n` of the request (PROVIDERS.md §1.2): taken apart and put together.
package enum OpenAISamples {
    /// The replies that each hold one of the choices of a reply, in their order; none if it has no choices.
    ///
    /// What was charged for all choices together is left out of them.
    package static func split(_ reply: Bytes) -> [Bytes] {
        let json = JSON(trusted: reply)
        guard let choices = json["choices"]?.elements else { return [] }
        return choices.map { with([$0], json, usage: nil) }
    }

    /// One reply with the choices of several, numbered in their order; all else is that of the last.
    /// - Parameter keepsUsage: Whether what was charged for the last one goes for all.
    package static func join(_ replies: [Bytes], keepsUsage: Bool) -> Bytes? {
        guard let last = replies.last else { return nil }
        let choices = replies.flatMap { JSON(trusted: $0)["choices"]?.elements ?? [] }
        let json = JSON(trusted: last)
        return with(choices, json, usage: keepsUsage ? json["usage"] : nil)
    }

    /// A body that ``OpenAIRequest`` made, asking for another number of choices.
    package static func body(_ body: Bytes, samples: Int) -> Bytes {
        let json = JSON(trusted: body)
        var asked = JSONBuilder(capacity: body.count + 16)
        asked.beginObject()
        for member in json.members where !member.isNamed("n") { asked.rawMembers(json.raw[member.range]) }
        asked.key("n")
        asked.value(samples)
        asked.endObject()
        return Bytes(asked.bytes)
    }

    private static func with(_ choices: [JSON], _ reply: JSON, usage: JSON?) -> Bytes {
        var json = JSONBuilder(capacity: choices.reduce(reply.raw.count) { $0 + $1.raw.count })
        json.beginObject()
        for member in reply.members where !member.isNamed("choices") && !member.isNamed("usage") {
            json.rawMembers(reply.raw[member.range])
        }
        json.key("choices")
        json.beginArray()
        for (index, choice) in choices.enumerated() { append(choice, index: index, to: &json) }
        json.endArray()
        if let usage {
            json.key("usage")
            json.raw(usage.raw)
        }
        json.endObject()
        return Bytes(json.bytes)
    }

    private static func append(_ choice: JSON, index: Int, to json: inout JSONBuilder) {
        json.beginObject()
        json.key("index")
        json.value(index)
        for member in choice.members where !member.isNamed("index") { json.rawMembers(choice.raw[member.range]) }
        json.endObject()
    }
}
