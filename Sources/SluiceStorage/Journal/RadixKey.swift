/// A key of a few bytes that can be put in order byte by byte.
protocol RadixKey: Comparable, BitwiseCopyable {
    /// How many bytes there are.
    static var byteCount: Int { get }

    /// A byte of the key; the first one counts most.
    func byte(_ index: Int) -> Int
}
