import SluiceCore

extension Reply {
    /// A page as a proxy in front of the provider sends it.
    init(page status: Int) {
        let title = "\(status) \(Self.reasons[status] ?? "Error")"
        let page =
            "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n"
            + "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
        self.init(status: status, body: Array(page.utf8))
        contentType = "text/html"
    }

    private static let reasons = [
        400: "Bad Request", 403: "Forbidden", 404: "Not Found", 413: "Request Entity Too Large",
        429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
        503: "Service Temporarily Unavailable",
        504: "Gateway Time-out", 520: "Web server is returning an unknown error", 522: "Connection timed out",
        524: "A timeout occurred",
    ]

    /// Puts the headers of a fault in.
    mutating func take(_ fault: Fault, now: WallTime) {
        if let skew = fault.clockSkew { tellTime(now + skew) }
        for header in fault.headers {
            let name = header.name.lowercased()
            headers.removeAll { $0.name.lowercased() == name }
            if name == "content-type" { contentType = header.value } else { headers.append((name, header.value)) }
        }
    }

    /// Tells every moment as a date, by the calendar in which it is now.
    private mutating func tellTime(_ now: WallTime) {
        for place in headers.indices {
            let (name, value) = headers[place]
            if name == "retry-after", let seconds = Double(value) {
                // Rounded up, as dates have no fractions.
                headers[place].value = HTTPDate.text(now + .seconds(seconds + 0.999_999_999))
            } else if name.hasPrefix("x-ratelimit-reset-"), let span = Self.span(value) {
                headers[place].value = String((now + span).nanoseconds / 1_000_000_000 + 1)
            }
        }
        headers.removeAll { $0.name == "retry-after-ms" }
        headers.append(("date", HTTPDate.text(now)))
    }

    /// A span as ``TimeSpan/resetText`` writes it.
    private static func span(_ text: String) -> TimeSpan? {
        var (sum, part) = (0.0, "")
        for character in text + "0" {
            if character.isNumber, part.last?.isLetter == true {
                guard let span = Quantity.span(part) else { return nil }
                sum += span.seconds
                part = ""
            }
            part.append(character)
        }
        return .seconds(sum)
    }
}
