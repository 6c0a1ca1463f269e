/// How another client decides when to send, as far as its source shows; for comparison only.
enum Peer: String, CaseIterable {
    /// openai-cookbook, `api_request_parallel_processor.py`: buckets of a whole minute that begin full; a request costs
    /// its prompt and `max_tokens`, and nothing comes back; 15 s of rest after a refusal; 5 attempts.
    case cookbook
    /// bespokelabsai/curator, `online_status_tracker.py`: buckets that begin empty; a request costs its prompt and the
    /// mean of the last 50 answers, corrected by what it used; 10 s of rest after a refusal; 10 retries.
    case curator
    /// BerriAI/litellm, router with `simple-shuffle`: a key by chance, weighted by its limit; 5 s of rest for a key
    /// that refused; 2 retries after 0.5 to 8 s. It does not pace.
    case litellm

    /// How often a row is tried.
    var attempts: Int {
        switch self {
        case .cookbook: 5
        case .curator: 11
        case .litellm: 3
        }
    }

    /// How long a key rests after a refusal, in seconds.
    var rest: Double {
        switch self {
        case .cookbook: 15
        case .curator: 10
        case .litellm: 5
        }
    }
}
