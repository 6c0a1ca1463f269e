internal import CVocabularies

/// The bytes of all tokens of a merge list, one behind the other.
///
/// Every token is put together from two earlier ones anywhere in memory. Lengths are kept apart as single bytes, so that
/// they stay in the cache, and what a token is made of is asked for some tokens ahead.
struct TokenBytes {
    /// The bytes, and ``slack`` zeros behind the last token.
    let bytes: [UInt8]
    /// Where each token starts; one more than there are tokens.
    let starts: [UInt32]

    /// What is read and written at once; so much is copied for a shorter token, too.
    static var slack: Int { 16 }
    /// How many tokens ahead memory is asked for.
    private static var ahead: Int { 16 }

    init(_ list: MergeList) {
        let count = list.count
        // No published token has more than 128 bytes.
        var lengths = [UInt8](repeating: 1, count: count)
        let starts = lengths.withUnsafeMutableBufferPointer { Self.starts(list, $0) }
        let total = Int(starts[count])
        bytes = lengths.withUnsafeBufferPointer { lengths in
            starts.withUnsafeBufferPointer { starts in
                [UInt8](unsafeUninitializedCapacity: total + Self.slack) { buffer, initialised in
                    if let base = buffer.baseAddress, let lengths = lengths.baseAddress,
                        let starts = starts.baseAddress
                    {
                        Self.write(list, lengths, starts, to: base)
                        (base + total).update(repeating: 0, count: Self.slack)
                    }
                    initialised = total + Self.slack
                }
            }
        }
        self.starts = starts
    }

    /// Finds the length of each token, and with it where each starts.
    private static func starts(_ list: MergeList, _ lengths: UnsafeMutableBufferPointer<UInt8>) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: list.count + 1) { starts, initialised in
            guard let starts = starts.baseAddress, let lengths = lengths.baseAddress else { return }
            for id in 0...256 { starts[id] = UInt32(id) }
            var total: UInt32 = 256
            for id in 256..<list.count {
                var length: UInt8 = 0
                if let parts = list.parts(id) { length = lengths[Int(parts.left)] &+ lengths[Int(parts.right)] }
                lengths[id] = length
                total &+= UInt32(length)
                starts[id + 1] = total
            }
            initialised = list.count + 1
        }
    }

    private static func write(
        _ list: MergeList, _ lengths: UnsafePointer<UInt8>, _ starts: UnsafePointer<UInt32>,
        to base: UnsafeMutablePointer<UInt8>
    ) {
        for id in 0..<256 { base[id] = list.byte(id) }
        for id in 256..<list.count {
            if id + ahead < list.count, let later = list.parts(id + ahead) {
                sluice_prefetch(base + Int(starts[Int(later.left)]))
                sluice_prefetch(base + Int(starts[Int(later.right)]))
            }
            guard let parts = list.parts(id) else { continue }
            let (left, right) = (Int(parts.left), Int(parts.right))
            let at = base + Int(starts[id])
            copy(base + Int(starts[left]), to: at, count: Int(lengths[left]))
            copy(base + Int(starts[right]), to: at + Int(lengths[left]), count: Int(lengths[right]))
        }
    }

    /// Copies 16 bytes at a time; what is written too much is written again by what follows.
    @inline(__always)
    private static func copy(_ from: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int) {
        var at = 0
        repeat {
            let word = UnsafeRawPointer(from + at).loadUnaligned(as: SIMD16<UInt8>.self)
            UnsafeMutableRawPointer(target + at).storeBytes(of: word, as: SIMD16<UInt8>.self)
            at += slack
        } while at < count
    }
}
