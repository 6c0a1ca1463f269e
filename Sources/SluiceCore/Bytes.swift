/// A run of bytes: an array and a range in it, so that parts of a row or of a reply are passed on without a copy.
///
/// `Bytes` is what records, requests and replies hold; the transport converts to and from its own buffers once.
public struct Bytes: Sendable {
    @usableFromInline package let storage: [UInt8]
    @usableFromInline package let lower: Int
    @usableFromInline package let upper: Int

    /// All bytes of an array.
    @inlinable
    public init(_ array: [UInt8]) {
        storage = array
        lower = 0
        upper = array.count
    }

    /// The UTF-8 bytes of a text.
    @inlinable
    public init(_ text: String) {
        self.init(Array(text.utf8))
    }

    @inlinable
    package init(storage: [UInt8], lower: Int, upper: Int) {
        precondition(lower >= 0 && lower <= upper && upper <= storage.count)
        self.storage = storage
        self.lower = lower
        self.upper = upper
    }

    /// The number of bytes.
    @inlinable
    public var count: Int { upper - lower }

    /// Whether there are no bytes.
    @inlinable
    public var isEmpty: Bool { lower == upper }

    /// The byte at an offset from the start; the offset must be smaller than ``count``.
    @inlinable
    public subscript(offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < count)
        return storage[lower + offset]
    }

    /// A part of these bytes, by offsets from the start; shares the storage.
    @inlinable
    public subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return Bytes(storage: storage, lower: lower + range.lowerBound, upper: lower + range.upperBound)
    }

    /// Lends the bytes as a buffer that is valid during the call only.
    @inlinable
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
        try storage.withUnsafeBufferPointer { buffer throws(E) in
            try body(UnsafeBufferPointer(rebasing: buffer[lower..<upper]))
        }
    }

    /// The bytes as an array of their own.
    @inlinable
    public var array: [UInt8] {
        lower == 0 && upper == storage.count ? storage : Array(storage[lower..<upper])
    }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    public var text: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension Bytes: Equatable {
    /// Whether both hold the same bytes, wherever these are stored.
    public static func == (left: Bytes, right: Bytes) -> Bool {
        left.count == right.count
            && left.withUnsafeBytes { a in right.withUnsafeBytes { b in a.elementsEqual(b) } }
    }
}

extension [UInt8] {
    /// Appends a run of bytes.
    @inlinable
    package mutating func append(_ bytes: Bytes) {
        append(contentsOf: bytes.storage[bytes.lower..<bytes.upper])
    }
}
