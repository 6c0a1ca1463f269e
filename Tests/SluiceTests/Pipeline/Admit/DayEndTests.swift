import Sluice
import SluiceCore
import Testing

@Suite struct DayEndTests {
    /// A moment by its days since 1970 and hours in UTC.
    private func moment(_ day: Int64, _ hours: Double) -> WallTime {
        WallTime(nanoseconds: (day * 86_400 + Int64(hours * 3600)) * 1_000_000_000)
    }

    @Test func `a day in UTC ends at midnight`() {
        // 2026-11-21 is day 20,778.
        #expect(DayEnd.next(after: moment(20_778, 9.3), .utc).text == "2026-11-22T00:00:00Z")
        #expect(DayEnd.next(after: moment(20_778, 0), .utc).text == "2026-11-22T00:00:00Z")
    }

    @Test func `a rolling day ends a day from now`() {
        #expect(DayEnd.next(after: moment(20_778, 9.5), .rolling).text == "2026-11-22T09:30:00Z")
    }

    @Test func `a day in California ends at its midnight, in winter and in summer`() {
        #expect(DayEnd.next(after: moment(20_778, 7.9), .pacific).text == "2026-11-21T08:00:00Z")
        #expect(DayEnd.next(after: moment(20_778, 8), .pacific).text == "2026-11-22T08:00:00Z")
        // 2026-07-01 is day 20,635.
        #expect(DayEnd.next(after: moment(20_635, 6.9), .pacific).text == "2026-07-01T07:00:00Z")
        #expect(DayEnd.next(after: moment(20_635, 7), .pacific).text == "2026-07-02T07:00:00Z")
    }

    @Test func `the days when the clocks change are an hour shorter and longer`() {
        // 2026-03-08 and 2026-11-01 are days 20,520 and 20,758.
        #expect(DayEnd.next(after: moment(20_520, 8), .pacific).text == "2026-03-09T07:00:00Z")
        #expect(DayEnd.next(after: moment(20_520, 7.9), .pacific).text == "2026-03-08T08:00:00Z")
        #expect(DayEnd.next(after: moment(20_758, 7), .pacific).text == "2026-11-02T08:00:00Z")
    }
}
