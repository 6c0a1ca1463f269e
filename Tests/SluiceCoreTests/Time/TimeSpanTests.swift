import SluiceCore
import Testing

@Suite struct TimeSpanTests {
    @Test(
        arguments: [
            (0, "0ms"), (999_999, "0ms"), (1_000_000, "1ms"), (850_000_000, "850ms"), (999_999_999, "999ms"),
            (1_000_000_000, "1s"), (1_049_000_000, "1s"), (1_050_000_000, "1.1s"), (3_200_000_000, "3.2s"),
            (59_940_000_000, "59.9s"), (59_960_000_000, "1m 0s"), (60_000_000_000, "1m 0s"),
            (725_000_000_000, "12m 5s"),
            (3_599_400_000_000, "59m 59s"), (3_599_600_000_000, "1h 0m"), (11_040_000_000_000, "3h 4m"),
            (86_399_000_000_000, "23h 59m"), (86_399_600_000_000, "1d 0h"), (183_600_000_000_000, "2d 3h"),
            (.max, "106751d 23h"),
        ] as [(Int64, String)])
    func `a span reads as people say it`(nanoseconds: Int64, text: String) {
        #expect(TimeSpan(nanoseconds: nanoseconds).text == text)
    }

    @Test(
        arguments: [
            (-1, "0ms"), (-999_999, "0ms"), (-1_000_000, "-1ms"), (-3_200_000_000, "-3.2s"),
            (-725_000_000_000, "-12m 5s"),
            (.min, "-106751d 23h"),
        ] as [(Int64, String)])
    func `a negative span has a minus sign`(nanoseconds: Int64, text: String) {
        #expect(TimeSpan(nanoseconds: nanoseconds).text == text)
    }

    @Test(
        arguments: [
            (0, 0), (1.5, 1_500_000_000), (-1.5, -1_500_000_000), (0.000_000_001_4, 1), (0.000_000_001_6, 2), (.nan, 0),
            (.infinity, .max), (-.infinity, -.max), (1e300, .max), (-1e300, -.max), (1e10, .max), (-1e10, -.max),
            (9e9, 9_000_000_000_000_000_000),
        ] as [(Double, Int64)])
    func `seconds are rounded to nanoseconds and clamped`(seconds: Double, nanoseconds: Int64) {
        #expect(TimeSpan.seconds(seconds).nanoseconds == nanoseconds)
    }

    @Test func `milliseconds are exact and clamped`() {
        #expect(TimeSpan.milliseconds(250).nanoseconds == 250_000_000)
        #expect(TimeSpan.milliseconds(-1).nanoseconds == -1_000_000)
        #expect(TimeSpan.milliseconds(.max).nanoseconds == .max)
        #expect(TimeSpan.milliseconds(.min).nanoseconds == -.max)
        #expect(TimeSpan.milliseconds(1500).seconds == 1.5)
    }

    @Test func `spans are ordered by their length`() {
        #expect(TimeSpan.milliseconds(-1) < .zero)
        #expect(TimeSpan.seconds(0.999) < .seconds(1))
        #expect(!(TimeSpan.zero < .zero))
    }
}
