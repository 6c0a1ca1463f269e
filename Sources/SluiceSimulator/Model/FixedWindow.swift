import SluiceCore

/// Windows one after the other from a start, each with a share that is lost at its end: whole periods, or quanta.
///
/// Shares are whole: where `share` is not, window q gets ⌊(q + 1) · share⌋ - ⌊q · share⌋. An amount larger than a share
/// fits in a window that is untouched. What is taken beyond the share is paid off by the next windows if the window
/// carries debts over, as quanta must, which would else let anything through, and is forgotten if it does not.
struct FixedWindow: RateWindow {
    private let start: Instant
    private let length: Int64
    private var share: Double
    private let shareAtStart: Double
    private let carriesOver: Bool
    /// The window that the other figures are about, counted from 0.
    private var index = 0
    /// What is taken out of it, including what is left to pay from windows before.
    private var used = 0.0
    /// The part of `used` that is left to pay from windows before.
    private var carried = 0.0
    /// The part of `used` that the windows after it have to pay.
    private var overdraft = 0.0

    init(share: Double, length: TimeSpan, start: Instant, carriesOver: Bool) {
        self.share = share
        shareAtStart = share
        self.carriesOver = carriesOver
        self.length = max(1, length.nanoseconds)
        self.start = start
    }

    func wait(for amount: Double, now: Instant) -> TimeSpan {
        var window = self
        window.roll(to: now)
        guard !window.fits(amount) else { return .zero }
        let next = window.next(for: amount)
        return max(.zero, moment(of: next) - now)
    }

    mutating func take(_ amount: Double, now: Instant) -> Int {
        roll(to: now)
        used += amount
        if carriesOver { overdraft = max(0, used - share(of: index)) }
        return index
    }

    mutating func settle(_ receipt: Int, by change: Double, now: Instant) {
        roll(to: now)
        if receipt == index {
            used = max(carried, used + change)
        } else if change < 0 {
            // What was taken in a window that is over is not given back, but what is not paid yet need not be.
            let back = min(carried, -change)
            carried -= back
            used -= back
        }
        if carriesOver { overdraft = max(0, used - share(of: index)) }
    }

    func remaining(now: Instant) -> Int {
        var window = self
        window.roll(to: now)
        return max(0, Int(saturating: window.share(of: window.index) - window.used))
    }

    func untilFull(now: Instant) -> TimeSpan {
        var window = self
        window.roll(to: now)
        guard window.used > 0 else { return .zero }
        let next = window.overdraft > 0 ? window.first(after: window.overdraft) : window.index + 1
        return moment(of: next) - now
    }

    mutating func scale(to factor: Double, now: Instant) {
        roll(to: now)
        share = shareAtStart * factor
        if carriesOver { overdraft = max(0, used - share(of: index)) }
    }

    private func fits(_ amount: Double) -> Bool {
        let share = share(of: index)
        return used + amount <= share || used == 0 && share >= 1
    }

    /// The first window after this one in which an amount fits.
    private func next(for amount: Double) -> Int {
        let clear = overdraft > 0 ? first(after: overdraft) : index + 1
        if clear - 1 > index {
            let left = overdraft - (total(before: clear - 1) - total(before: index + 1))
            if left + amount <= share(of: clear - 1) { return clear - 1 }
        }
        // The first from there whose share is at least one.
        return first(reaching: total(before: clear) + 1) - 1
    }

    /// The first window before which the windows after this one have paid so much.
    private func first(after debt: Double) -> Int { max(index + 1, first(reaching: total(before: index + 1) + debt)) }

    /// The smallest q for which the windows before q have had so much together.
    private func first(reaching amount: Double) -> Int {
        let estimate = (amount / share).rounded(.up)
        // So far away that windows cannot be counted one by one any more.
        guard estimate < 1e15 else { return Int(1e15) }
        var window = Int(estimate)
        while total(before: window) < amount { window += 1 }
        while window > 0, total(before: window - 1) >= amount { window -= 1 }
        return window
    }

    /// The shares of all windows before this one together; sums of fractions are inexact, hence the tolerance.
    private func total(before window: Int) -> Double {
        let exact = Double(window) * share
        return (exact + 1e-9 + exact * 1e-12).rounded(.down)
    }

    private func share(of window: Int) -> Double { total(before: window + 1) - total(before: window) }

    private func moment(of window: Int) -> Instant {
        let (offset, overflow) = length.multipliedReportingOverflow(by: Int64(window))
        return overflow ? .never : start + TimeSpan(nanoseconds: offset)
    }

    private mutating func roll(to now: Instant) {
        let current = Int((now - start).nanoseconds / length)
        guard current > index else { return }
        carried = max(0, overdraft - (total(before: current) - total(before: index + 1)))
        index = current
        used = carried
        overdraft = max(0, carried - share(of: index))
    }
}
