/// What tells a reply from all others: the ids that its provider gave it, and its bytes.
///
/// HTTP/1.1 does not number replies, but providers do, in `X-Request-Id` or in the body's `id`. One that comes again on
/// its connection is a reply that came a second time, where the answer to the next request should be. An id alone says
/// less: some servers have one for each connection, and some count from 1 again when they are started anew.
struct ReplyName: Hashable {
    /// `"id"` as the four bytes of a number.
    private static let key = UInt32(littleEndian: 0x2264_6922)
    /// In how many bytes the id of a body is looked for: most servers begin with it, others end with it.
    private static let (start, end) = (64, 512)

    private let hash: Int

    /// The name of a reply; nil where it has no id.
    init?(_ head: ResponseHead, _ body: [UInt8]) {
        guard
            head.requestID != nil || ReplyName.hasID(body, 0, ReplyName.start)
                || ReplyName.hasID(body, body.count - ReplyName.end, body.count)
        else { return nil }
        var hasher = Hasher()
        hasher.combine(head.requestID)
        hasher.combine(body.count)
        hasher.combine(body.withUnsafeBytes { ReplyName.digest($0) })
        hash = hasher.finalize()
    }

    /// Whether there is an id between two places, as far as there are bytes.
    private static func hasID(_ body: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let (first, last) = (max(0, start), min(end, body.count) - MemoryLayout.size(ofValue: key))
        guard first <= last else { return false }
        return body.withUnsafeBytes { bytes in
            (first...last).contains { bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self) == key }
        }
    }

    /// A number that other bytes hardly share, eight of them at a time: every reply pays for it.
    private static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var digest: UInt64 = 0
        func mix(_ word: UInt64) {
            digest = (digest ^ word) &* 0x9E37_79B9_7F4A_7C15
            digest ^= digest >> 29
        }
        var at = 0
        while at + 8 <= bytes.count {
            mix(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        for byte in bytes[at...] { mix(UInt64(byte)) }
        return digest
    }
}
