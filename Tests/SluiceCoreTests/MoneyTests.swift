import SluiceCore
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        ("20", 20_000_000_000_000), ("$20", 20_000_000_000_000), ("20usd", 20_000_000_000_000),
        ("20 USD", 20_000_000_000_000), ("0.5$", 500_000_000_000), ("1.5k", 1_500_000_000_000_000),
        ("0.0000123", 12_300_000), ("0", 0),
    ]) func `amounts are read`(text: String, picodollars: Int64) {
        #expect(Quantity.money(text)?.picodollars == picodollars)
    }

    @Test(arguments: ["", "$", "usd", "-1", "1e3", "20eur", "$20usd", "$$1", "99999999999"])
    func `what is no amount is refused`(text: String) {
        #expect(Quantity.money(text) == nil)
    }

    @Test(arguments: [
        (0, "$0.00"), (1, "$0.000000000001"), (12_300_000, "$0.0000123"), (41_700_000_000, "$0.0417"),
        (500_000_000_000, "$0.50"), (999_999_999_999, "$1.00"), (1_234_567_890_000_000, "$1,234.57"),
        (240_000_000, "$0.00024"), (-12_000_000_000_000, "-$12.00"), (123_456_000_000, "$0.123"),
    ]) func `amounts are shown to the precision that matters, and never as nothing`(picodollars: Int64, text: String) {
        #expect(Money(picodollars: picodollars).text == text)
    }

    @Test(arguments: [
        (0, "0"), (1, "0.000000000001"), (12_300_000, "0.0000123"), (20_000_000_000_000, "20"),
        (1_500_000_000_000, "1.5"), (-1_500_000_000_000, "-1.5"),
    ]) func `amounts are written exactly, without exponent`(picodollars: Int64, text: String) {
        #expect(Money(picodollars: picodollars).decimal == text)
        #expect(Double(text).flatMap { Money(dollars: $0) }?.picodollars == picodollars)
    }

    @Test func `sums and products end at the largest amount`() {
        #expect(Money.most + Money(picodollars: 1) == .most)
        #expect(Money(picodollars: 1_000_000_000) * (1 << 40) == .most)
        #expect(Money(picodollars: 3) * 4 == Money(picodollars: 12))
        #expect(Money(dollars: .infinity) == nil)
        #expect(Money(dollars: 1e9) == nil)
    }
}
