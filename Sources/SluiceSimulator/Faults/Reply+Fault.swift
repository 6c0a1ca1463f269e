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
    mutating func take(_ fields: [Fault.Header]) {
        for header in fields {
            let name = header.name.lowercased()
            headers.removeAll { $0.name.lowercased() == name }
            if name == "content-type" { contentType = header.value } else { headers.append((name, header.value)) }
        }
    }
}
