package import SluiceCore

/// The exact picture of a provider that counts what came in during the last so many seconds.
///
/// It is kept in cells of time; a cell counts until all of it is older than the window and its slack, which covers how
/// much travel times vary. What fits here fits a provider with fixed windows of the same length as well, wherever
/// its windows begin.
package struct SlidingWindow: Sendable {
    private static let cells: Int64 = 2048
    /// The most that fits into a window.
    package let limit: Double
    private let width: Int64
    private var ring: [Double]
    /// The numbers of the newest cell and of one before which all are empty, counted from the origin of time.
    private var newest: Int64 = .min
    private var oldest: Int64 = .min
    private var sum = 0.0

    /// A window of this length that holds so much; `slack` nil stands for a hundredth of it, a quarter of a second
    /// at most.
    package init(limit: Double, length: TimeSpan, slack: TimeSpan? = nil) {
        self.limit = limit
        let slack = slack?.nanoseconds ?? min(250_000_000, length.nanoseconds / 100)
        // The newest cell is still being filled, hence one less.
        width = max(1, (max(1, length.nanoseconds) + slack) / (Self.cells - 1) + 1)
        ring = Array(repeating: 0, count: Int(Self.cells))
    }

    /// What counts at present.
    package func level(now: Instant) -> Double {
        guard newest > .min else { return 0 }
        var level = sum
        var cell = oldest
        let end = min(newest, now.nanoseconds / width - Self.cells)
        while cell <= end {
            level -= self[cell]
            cell += 1
        }
        return max(0, level)
    }

    /// When so much more fits; never if it is more than the limit.
    package func due(_ amount: Double, now: Instant) -> Instant {
        guard amount <= limit else { return .never }
        var excess = sum + amount - limit
        guard excess > 1e-6, newest > .min else { return Instant(nanoseconds: .min) }
        for cell in oldest...newest {
            excess -= self[cell]
            if excess <= 1e-6 { return Instant(nanoseconds: (cell + Self.cells) * width) }
        }
        return Instant(nanoseconds: (newest + Self.cells) * width)
    }

    /// Counts what goes now.
    package mutating func take(_ amount: Double, now: Instant) {
        advance(now)
        self[newest] += amount
        sum += amount
    }

    /// Corrects what was counted at an earlier moment; nothing if that is over.
    package mutating func correct(by difference: Double, at moment: Instant) {
        let cell = moment.nanoseconds / width
        guard newest > .min, cell <= newest, cell >= oldest else { return }
        let change = max(difference, -self[cell])
        self[cell] += change
        sum += change
    }

    private mutating func advance(_ now: Instant) {
        let cell = now.nanoseconds / width
        guard newest > .min else {
            newest = cell
            oldest = cell
            return
        }
        guard cell > newest else { return }
        while oldest <= newest, oldest <= cell - Self.cells || self[oldest] == 0 {
            sum -= self[oldest]
            self[oldest] = 0
            oldest += 1
        }
        if oldest > newest {
            oldest = cell
            sum = 0
        }
        newest = cell
    }

    private subscript(cell: Int64) -> Double {
        get { ring[Int(cell & (Self.cells - 1))] }
        set { ring[Int(cell & (Self.cells - 1))] = newValue }
    }
}
