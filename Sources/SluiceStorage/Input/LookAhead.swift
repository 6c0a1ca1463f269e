/// How far the reader may be ahead of the slots; at least one row always is.
package struct LookAhead: Sendable {
    /// The most bytes of rows that wait.
    package var bytes: Int
    /// The most rows that wait.
    package var rows: Int

    /// Bounds of the look-ahead.
    package init(bytes: Int = 2 << 20, rows: Int = 4096) {
        self.bytes = max(1, bytes)
        self.rows = max(1, rows)
    }
}
