/// What tells a reply from all others: the ids that its provider gave it.
///
/// HTTP/1.1 does not number replies, but providers do, in `X-Request-Id` or in the body's `id`. One that comes again on
/// its connection is a reply that came a second time, where the answer to the next request should be.
struct ReplyName: Equatable {
    /// `"id"` as the four bytes of a number.
    private static let key = UInt32(littleEndian: 0x2264_6922)
    /// In how many bytes the id of a body is looked for: most servers begin with it, others end with it.
    private static let (start, end) = (64, 512)
    /// How much from there on is compared, in bytes: an id and what follows it.
    private static let length = 64

    private let hash: Int

    /// The name of a reply; nil where it has no id.
    init?(_ head: ResponseHead, _ body: [UInt8]) {
        var id = ReplyName.id(in: body, 0, ReplyName.start)
        if id == nil, head.requestID == nil {
            id = ReplyName.id(in: body, body.count - ReplyName.end, body.count)
            if id == nil { return nil }
        }
        var hasher = Hasher()
        hasher.combine(head.requestID)
        hasher.combine(body.count)
        if let id {
            body.withUnsafeBytes { hasher.combine(bytes: .init(rebasing: $0[id...].prefix(ReplyName.length))) }
        }
        hash = hasher.finalize()
    }

    /// The first place of an id between two, as far as there are bytes.
    private static func id(in body: [UInt8], _ start: Int, _ end: Int) -> Int? {
        let (first, last) = (max(0, start), min(end, body.count) - MemoryLayout.size(ofValue: key))
        guard first <= last else { return nil }
        return body.withUnsafeBytes { bytes in
            (first...last).first { bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self) == key }
        }
    }
}
