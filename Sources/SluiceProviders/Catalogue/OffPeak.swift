public import SluiceCore

/// Rates that hold at certain hours of the week.
public struct OffPeak: Sendable, Equatable {
    /// Hours on certain days.
    public struct Window: Sendable, Equatable {
        /// Days of the week, 1 is Monday, 7 Sunday.
        public var weekdays: [Int]
        /// Minutes of the day in UTC, from and to; a window that ends before it starts goes over midnight.
        public var minutes: [Range]

        /// From one minute of the day to another, the second one excluded.
        public struct Range: Sendable, Equatable {
            /// The first minute, 0 to 1439.
            public var from: Int
            /// The minute after the last, 1 to 1440.
            public var to: Int

            /// From one minute of the day to another.
            public init(from: Int, to: Int) {
                self.from = from
                self.to = to
            }

            func contains(_ minute: Int) -> Bool {
                from < to ? (from..<to).contains(minute) : minute >= from || minute < to
            }
        }

        /// Hours on certain days.
        public init(weekdays: [Int], minutes: [Range]) {
            self.weekdays = weekdays
            self.minutes = minutes
        }
    }

    /// The rates at those hours.
    public var rates: Rates
    /// When they hold.
    public var windows: [Window]
    /// How many minutes the clock that tells the weekday is ahead of UTC.
    public var weekdayOffset: Int

    /// Rates at certain hours.
    public init(rates: Rates, windows: [Window], weekdayOffset: Int = 0) {
        self.rates = rates
        self.windows = windows
        self.weekdayOffset = weekdayOffset
    }

    /// Whether the rates hold at a moment.
    public func holds(at time: WallTime) -> Bool {
        let minutes = Int(time.nanoseconds / 60_000_000_000)
        let minute = minutes % 1440
        // 1970-01-01 was a Thursday.
        let weekday = ((minutes + weekdayOffset) / 1440 + 3) % 7 + 1
        return windows.contains { window in
            window.weekdays.contains(weekday) && window.minutes.contains { $0.contains(minute) }
        }
    }
}
