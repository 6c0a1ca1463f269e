import SluiceCore
import SluiceProviders
import Testing

@Suite struct HTTPDateTests {
    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Sat, 21 Nov 2026 07:28:00 GMT", 1_795_246_080), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400), ("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_799),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800), ("Sun, 6 Nov 1994 08:49:37 GMT", 784_111_777),
    ])
    func `a date is read to the second`(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text)?.nanoseconds == seconds * 1_000_000_000)
    }

    @Test(arguments: [1_000_000_000, 1_709_210_096, 4_102_444_799] as [Int64])
    func `a date is the moment that WallTime writes`(seconds: Int64) throws {
        let stamp = WallTime(nanoseconds: seconds * 1_000_000_000).text
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = stamp.split { "-T:Z".contains($0) }
        let month = months[try #require(Int(parts[1])) - 1]
        let date = HTTPDate.parse("Mon, \(parts[2]) \(month) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) GMT")
        #expect(date?.text == stamp)
    }

    @Test func `a date beyond the calendar of nanoseconds is its last moment`() {
        #expect(HTTPDate.parse("Fri, 31 Dec 9999 23:59:59 GMT")?.nanoseconds == .max)
        #expect(HTTPDate.parse("Mon, 01 Jan 2263 00:00:00 GMT")?.nanoseconds == .max)
    }

    @Test(arguments: [
        "", "GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Tue, 29 Feb 2023 00:00:00 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37:00 GMT", "Sun, 06 Nov 1994 08:xx:49:37 GMT", "Sun, 06 Nov 1994 08::49:37 GMT",
        "Sun, 06 Nov 1994 08:49:0037 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT", "120",
        "2026-11-21T07:28:00Z", "Sun, 06 Nov 1994 08:49:37 GMT GMT",
    ])
    func `what is no such date is nothing`(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
