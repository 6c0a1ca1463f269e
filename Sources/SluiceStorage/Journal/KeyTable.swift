#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A flat list of keys that is filled, then sorted, then searched.
///
/// It grows in place where the system can move pages (`realloc` of large blocks), so that ten million keys of twelve bytes
/// take 120 MB at their peak, too.
struct KeyTable<Key: RadixKey>: ~Copyable, @unchecked Sendable {
    // Unchecked: the block at `base` has one owner, this value, which cannot be copied.
    private(set) var count = 0
    private var capacity = 0
    private var base: UnsafeMutablePointer<Key>?

    init() {}

    deinit { free(base) }

    /// The key at a position.
    subscript(index: Int) -> Key {
        get {
            guard let base, index >= 0, index < count else { preconditionFailure("no key at \(index) of \(count)") }
            return base[index]
        }
        set {
            guard let base, index >= 0, index < count else { preconditionFailure("no key at \(index) of \(count)") }
            base[index] = newValue
        }
    }

    /// Adds a key at the end.
    mutating func append(_ key: Key) {
        if count == capacity {
            capacity = max(1024, capacity * 2)
            guard let grown = realloc(base, capacity * MemoryLayout<Key>.stride) else {
                // As where any Swift array cannot grow: nothing was opened for writing yet, so nothing is lost.
                fatalError("out of memory for \(capacity) keys")
            }
            base = grown.assumingMemoryBound(to: Key.self)
        }
        base?[count] = key
        count += 1
    }

    /// Removes the keys that a closure does not want, keeping the order of the others.
    mutating func filter(_ isKept: (Key) -> Bool) {
        guard let base else { return }
        var kept = 0
        for index in 0..<count where isKept(base[index]) {
            base[kept] = base[index]
            kept += 1
        }
        count = kept
    }

    /// Puts the keys in order.
    ///
    /// An American flag sort (McIlroy, Bostic, McIlroy, "Engineering Radix Sort", 1993): in place, and a run of equal
    /// keys costs no more passes over it than a key has bytes.
    mutating func sort() {
        guard let base else { return }
        Self.sort(UnsafeMutableBufferPointer(start: base, count: count), byte: 0)
    }

    private static func sort(_ keys: UnsafeMutableBufferPointer<Key>, byte: Int) {
        if keys.count <= 24 { return insertionSort(keys) }
        guard byte < Key.byteCount else { return }
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { offsets in
            offsets.initialize(repeating: 0)
            let next = UnsafeMutableBufferPointer(rebasing: offsets[..<256])
            let ends = UnsafeMutableBufferPointer(rebasing: offsets[256...])
            for key in keys { ends[key.byte(byte)] += 1 }
            var sum = 0
            for bucket in 0..<256 {
                next[bucket] = sum
                sum += ends[bucket]
                ends[bucket] = sum
            }
            for bucket in 0..<256 {
                while next[bucket] < ends[bucket] {
                    let target = keys[next[bucket]].byte(byte)
                    if target != bucket { keys.swapAt(next[bucket], next[target]) }
                    next[target] += 1
                }
            }
            var start = 0
            for bucket in 0..<256 where ends[bucket] > start {
                sort(UnsafeMutableBufferPointer(rebasing: keys[start..<ends[bucket]]), byte: byte + 1)
                start = ends[bucket]
            }
        }
    }

    private static func insertionSort(_ keys: UnsafeMutableBufferPointer<Key>) {
        for index in keys.indices.dropFirst() {
            let key = keys[index]
            var at = index
            while at > 0, key < keys[at - 1] {
                keys[at] = keys[at - 1]
                at -= 1
            }
            keys[at] = key
        }
    }
}
