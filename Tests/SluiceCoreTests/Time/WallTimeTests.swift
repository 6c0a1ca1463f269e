import SluiceCore
import Testing

@Suite struct WallTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:01Z"), (59, "1970-01-01T00:00:59Z"),
        (86_399, "1970-01-01T23:59:59Z"), (86_400, "1970-01-02T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"), (951_868_800, "2000-03-01T00:00:00Z"),
        (1_000_000_000, "2001-09-09T01:46:40Z"),
        (1_078_012_800, "2004-02-29T00:00:00Z"), (1_109_548_800, "2005-02-28T00:00:00Z"),
        (1_109_635_200, "2005-03-01T00:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
        (1_735_689_599, "2024-12-31T23:59:59Z"), (1_735_689_600, "2025-01-01T00:00:00Z"),
        (1_795_248_900, "2026-11-21T08:15:00Z"), (2_147_483_647, "2038-01-19T03:14:07Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
    ])
    func `a moment reads as its date and time`(seconds: Int64, text: String) {
        #expect(WallTime(nanoseconds: seconds * 1_000_000_000).text == text)
    }

    @Test(arguments: [
        (-1, "1969-12-31T23:59:59Z"), (-86_400, "1969-12-31T00:00:00Z"), (-86_401, "1969-12-30T23:59:59Z"),
        (-58_060_800, "1968-02-29T00:00:00Z"), (-2_203_891_200, "1900-03-01T00:00:00Z"),
        (-2_203_977_600, "1900-02-28T00:00:00Z"), (-5_364_662_400, "1800-01-01T00:00:00Z"),
    ])
    func `a moment before 1970 reads as its date and time`(seconds: Int64, text: String) {
        #expect(WallTime(nanoseconds: seconds * 1_000_000_000).text == text)
    }

    @Test func `a part of a second is cut off and never carried over`() {
        #expect(WallTime(nanoseconds: 1_795_248_899_999_999_999).text == "2026-11-21T08:14:59Z")
        #expect(WallTime(nanoseconds: 999_999_999).text == "1970-01-01T00:00:00Z")
        #expect(WallTime(nanoseconds: -1).text == "1969-12-31T23:59:59Z")
        #expect(WallTime(nanoseconds: -999_999_999).text == "1969-12-31T23:59:59Z")
        #expect(WallTime(nanoseconds: -1_000_000_001).text == "1969-12-31T23:59:58Z")
    }

    @Test func `the ends of the calendar read as dates, too`() {
        #expect(WallTime(nanoseconds: .max).text == "2262-04-11T23:47:16Z")
        #expect(WallTime(nanoseconds: .min).text == "1677-09-21T00:12:43Z")
    }

    @Test func `moments are ordered`() {
        #expect(WallTime(nanoseconds: -1) < WallTime(nanoseconds: 0))
        #expect(!(WallTime(nanoseconds: 0) < WallTime(nanoseconds: 0)))
    }
}
