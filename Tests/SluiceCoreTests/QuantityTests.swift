import SluiceCore
import Testing

@Suite struct QuantityTests {
    @Test(arguments: [
        ("0", 0), ("1", 1), ("500", 500), ("200k", 200_000), ("200K", 200_000), ("1.5M", 1_500_000), ("2G", 2e9),
        ("0.5k", 500), (".5k", 500), ("007", 7), ("1_000_000", 1_000_000), ("1_000.25", 1000.25), ("10_000k", 1e7),
    ])
    func `a count is digits and a power of ten`(text: String, number: Double) {
        #expect(Quantity.count(text) == number)
    }

    @Test(arguments: [
        "", " ", "k", ".", "_", "-", "-3", "+3", "--3", "1e5", "1E5", "0x10", "∞", "inf", "infinity", "nan", "NaN",
        "5 k",
        " 5", "5 ", "5\n", "5kk", "5m", "5g", "5T", "5%", "5KiB", "1.2.3", "1.", "1.k", "1..2", "1,000", "_1", "1_",
        "1__0",
        "1_.5", "1._5", "_", "½", "٣", "５", "5́", "k5", "five", "\0", "5\0",
    ])
    func `what is no count is refused`(text: String) {
        #expect(Quantity.count(text) == nil)
    }

    @Test func `a count too large for a double is refused, with and without its unit`() {
        let digits = "1" + String(repeating: "0", count: 300)
        #expect(Quantity.count(digits) == 1e300)
        #expect(Quantity.count(digits + "G") == nil)
        #expect(Quantity.count(digits + digits) == nil)
    }

    @Test(arguments: [
        ("4096", 4096), ("0", 0), ("1B", 1), ("1k", 1000), ("1K", 1000), ("1kB", 1000), ("1KB", 1000),
        ("10M", 10_000_000),
        ("10MB", 10_000_000), ("2G", 2_000_000_000), ("2GB", 2_000_000_000), ("64KiB", 65536), ("1MiB", 1_048_576),
        ("1GiB", 1_073_741_824), ("1.5KiB", 1536), ("1.001k", 1001), ("8.029M", 8_029_000), ("0.3k", 300),
        ("1.1k", 1100),
    ])
    func `a size is a whole number of bytes`(text: String, bytes: Int) {
        #expect(Quantity.bytes(text) == bytes)
    }

    @Test(arguments: ["", "B", "1b", "1kib", "1Kib", "1TiB", "1T", "-1k", "1 KiB", "1e3", "∞", "KiB", "1GiBB", "10s"])
    func `what is no size is refused`(text: String) {
        #expect(Quantity.bytes(text) == nil)
    }

    @Test func `a size beyond 64 bits is refused`() {
        #expect(Quantity.bytes("9000000000G") == 9_000_000_000_000_000_000)
        #expect(Quantity.bytes("9300000000G") == nil)
        #expect(Quantity.bytes("9223372036854775808") == nil)
        #expect(Quantity.bytes("99999999999999999999999999GiB") == nil)
    }

    @Test(arguments: [
        ("0", 0), ("250ms", 250_000_000), ("1ms", 1_000_000), ("0.5ms", 500_000), ("30", 30_000_000_000),
        ("30s", 30_000_000_000), ("1.5s", 1_500_000_000), ("10m", 600_000_000_000), ("24h", 86_400_000_000_000),
        ("2d", 172_800_000_000_000), ("0.1s", 100_000_000),
    ])
    func `a length of time has a unit or is in seconds`(text: String, nanoseconds: Int64) {
        #expect(Quantity.span(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "s", "-1s", "1S", "1M", "1w", "1y", "1min", "1sec", "1h30m", "1 h", "5 k", "1us", "1e3s", "∞", "1:30",
    ])
    func `what is no length of time is refused`(text: String) {
        #expect(Quantity.span(text) == nil)
    }

    @Test func `a length of time beyond the clock is the longest there is`() {
        #expect(Quantity.span("1000000d")?.nanoseconds == .max)
    }
}
