public import SluiceCore

extension Fault {
    /// What can go wrong.
    public enum Kind: Sendable, Equatable {
        /// Nothing by itself: only the delay, the headers or the clock of the fault.
        case none
        /// An error in the provider's shape takes the answer's place; with status 200 an error inside a success.
        indirect case error(Refusal)
        /// A page of HTML with a status, as a proxy in between sends it.
        case page(Int)
        /// A body of another kind, with a status from 300 in an answer's place; what comes with it says when to come back.
        indirect case body(String, status: Int, retryAfter: TimeSpan? = nil)

        /// The connection ends with RST.
        case reset(Place)
        /// The connection ends with FIN.
        case close(Place)
        /// Nothing more is sent for a time, or for ever.
        case stall(Place, TimeSpan?)
        /// Only the first half of the answer is sent.
        case truncate(Truncation)

        /// The content length is wrong by so many bytes.
        case length(Int)
        /// The answer comes in the chunked coding, in an unusual way.
        case chunked(Chunking)
        /// The whole reply is sent twice.
        case twice
        /// The whole reply is sent again after a pause, as an answer to nothing, or to whatever was asked meanwhile.
        case again(TimeSpan)
        /// So many interim responses come before the reply.
        case interim(Int)

        /// The answer is filled up to so many bytes, which are made while they are sent.
        case size(Int)
        /// The answer is compressed.
        case gzip(Compression)
        /// The answer comes slowly: so many bytes at a time, with a pause between.
        case drip(bytes: Int, every: TimeSpan)

        /// The request's key is refused from here on.
        case key(KeyEnd)
        /// The limits of all keys are so many times what they were, from here on, but at least a millionth and at most a
        /// million times those of the start; this request goes its way.
        case limits(Double)
    }

    /// A place in a reply.
    public enum Place: String, Sendable, CaseIterable {
        /// Before its first byte.
        case before
        /// Between head and body.
        case head
        /// Half-way through the body.
        case body
        /// Behind its last byte.
        case after
    }

    /// How an answer is cut in half.
    public enum Truncation: String, Sendable, CaseIterable {
        /// The connection ends before the bytes that the content length promised.
        case length
        /// The connection ends between two chunks, before the last one.
        case chunked
        /// The content length is that of the half: sound HTTP around half a JSON text.
        case json
    }

    /// How an answer is chunked.
    public enum Chunking: String, Sendable, CaseIterable {
        /// Four chunks.
        case plain
        /// Chunks with extensions behind their sizes, quoted ones among them.
        case extensions
        /// Fields behind the last chunk.
        case trailers
        /// Sizes in capitals, with zeros before them.
        case upper
        /// A chunk for each byte.
        case bytes
        /// A second chunk whose size is no number.
        case badSize = "bad-size"
        /// A content length beside the coding: request smuggling's door.
        case both
    }

    /// How an answer is compressed.
    public enum Compression: Sendable, Equatable {
        /// As it should be.
        case sound
        /// With a wrong checksum at its end.
        case broken
        /// Soundly, but filled up so that it has so many bytes when it is unpacked; about a thousandth of them is sent.
        case bomb(Int)
    }

    /// How a key ends.
    public enum KeyEnd: String, Sendable, CaseIterable {
        /// 401 `invalid_api_key`.
        case revoked
        /// 401 `account_deactivated`.
        case deactivated
        /// 429 `insufficient_quota`.
        case spent
    }
}

extension Fault.Kind {
    /// Whether it takes the place of an answer by itself.
    var replacesAnswer: Bool {
        switch self {
        case .page, .key, .reset(.before), .close(.before): true
        case .body(_, let status, _): status >= 300
        default: false
        }
    }

    /// Whether it is in the way the reply is sent, rather than in what it says.
    var isAboutDelivery: Bool {
        switch self {
        case .none, .error, .page, .body, .key, .limits: false
        default: true
        }
    }

    /// Whether not even a head is sent.
    var isSilent: Bool {
        switch self {
        case .reset(.before), .close(.before), .stall(.before, nil): true
        default: false
        }
    }

    var isValid: Bool {
        switch self {
        case .error(let refusal): (200..<600).contains(refusal.status) && (refusal.retryAfter ?? .zero) >= .zero
        case .page(let status): (200..<600).contains(status)
        case .body(_, let status, let wait): (200..<600).contains(status) && (wait ?? .zero) >= .zero
        case .stall(let place, let span): (span ?? .zero) >= .zero && place != .after
        case .reset(let place): place != .after
        case .interim(let count): (1...10_000).contains(count)
        case .size(let bytes), .gzip(.bomb(let bytes)): (1...1 << 40).contains(bytes)
        case .drip(let bytes, let span): bytes >= 1 && span > .zero
        case .again(let span): span >= .zero
        case .limits(let factor): factor > 0 && factor.isFinite
        default: true
        }
    }

    func faster(by speed: Double) -> Fault.Kind {
        switch self {
        case .error(let refusal): return .error(refusal.faster(by: speed))
        case .body(let text, let status, let wait):
            return .body(text, status: status, retryAfter: wait.map { .seconds($0.seconds / speed) })
        case .stall(let place, let span): return .stall(place, span.map { .seconds($0.seconds / speed) })
        case .drip(let bytes, let span): return .drip(bytes: bytes, every: .seconds(span.seconds / speed))
        case .again(let span): return .again(.seconds(span.seconds / speed))
        default: return self
        }
    }
}
