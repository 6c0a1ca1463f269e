import SluiceCore
import SluiceSimulator

/// A provider on a clock that is turned by hand.
struct Timeline {
    var model: ProviderModel
    var now = Instant(nanoseconds: 5_000_000_000)

    init(_ change: (inout SimulatorOptions) -> Void) {
        var options = SimulatorOptions()
        change(&options)
        model = ProviderModel(options)
    }

    mutating func wait(_ span: TimeSpan) { now = now + span }

    /// Sends a request now.
    mutating func ask(
        key: String = "k", prompt: Int = 10, most: Int? = nil, choices: Int = 1, body: String = ""
    ) -> Verdict {
        var request = ProviderRequest(key: key, model: "m", promptTokens: prompt, maxTokens: most, choices: choices)
        request.body = Bytes(body)
        return model.arrive(request, now: now)
    }

    /// Sends a request and ends it at once.
    mutating func askAndFinish(key: String = "k", prompt: Int = 10, most: Int? = nil) -> Verdict {
        let verdict = ask(key: key, prompt: prompt, most: most)
        model.finish(verdict, now: now)
        return verdict
    }
}
