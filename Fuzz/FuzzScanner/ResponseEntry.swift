import SluiceTransport

/// HTTP/1.1 responses: the same bytes give the same response however they are cut, and never more than was allowed.
enum ResponseEntry: FuzzEntry {
    static let name = "response"
    private static let bodyCap = 512
    /// Small enough for inputs of the usual size to exceed them.
    private static let (headCap, lineCap) = (160, 5)

    static let corpus: [[UInt8]] = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive, x\r\ncontent-length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
        "HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=9\r\nContent-Encoding: deflate\r\ncontent-length: 3\r\n\r\n\u{4B}\u{4C}\u{4}",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\ncontent-length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nlong: \(String(repeating: "x", count: 110))\r\ncontent-length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nt: \(String(repeating: "x", count: 150))\r\n\r\n",
    ].map { Array($0.utf8) }

    static let tokens: [[UInt8]] = [
        "\r\n", "\r", "\n", "\r\n\r\n", ":", " ", "\t", "HTTP/1.1 200 OK\r\n", "content-length: ",
        "transfer-encoding: chunked\r\n", "connection: close\r\n", "0\r\n\r\n", "ffffffffffffffff",
        "99999999999999999999", "-1",
        ";", ",", "content-encoding: gzip\r\n", "content-encoding: deflate\r\n", "keep-alive: timeout=",
        "HTTP/1.1 103 X\r\n\r\n", "HTTP/1.0 200 OK\r\n", "\r\n ",
    ].map { Array($0.utf8) }

    private struct Reading: Equatable {
        var failure: ResponseError?
        var status: Int?
        var body: [UInt8] = []
        var isDone = false
        var hasExcess = false
        var field: String?
        var isKeptAlive: Bool?
        var coding: ContentCoding?
    }

    static func run(_ bytes: [UInt8]) -> Bool {
        let whole = read(bytes, step: max(1, bytes.count))
        let single = read(bytes, step: 1)
        let odd = read(bytes, step: 7)
        expect(whole.body.count <= bodyCap, "the body keeps to the cap", bytes)
        // A cap or a fault may be noticed at another byte, so what was read before it may differ; the verdict may not.
        expect((whole.failure == nil) == (single.failure == nil), "the cuts do not decide what is valid", bytes)
        if whole.failure == nil {
            expect(whole == single && whole == odd, "the cuts do not change the response", bytes)
        }
        if whole.status != nil { checkHead(bytes) }
        if whole.isDone, let coding = whole.coding { undo(whole.body, coding, bytes) }
        return whole.failure == nil && whole.isDone
    }

    /// A head that was taken keeps to the caps; the first one, behind which the others come.
    private static func checkHead(_ bytes: [UInt8]) {
        let end = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) } ?? bytes.count
        expect(end + 4 <= headCap, "a head larger than the cap", bytes)
        // The status line is none of them.
        let lines = bytes[..<min(end, bytes.count)].count { $0 == 10 }
        expect(lines <= lineCap, "more header lines than the cap", bytes)
    }

    /// Whatever is said to be packed is undone within the cap, or refused.
    private static func undo(_ body: [UInt8], _ coding: ContentCoding, _ bytes: [UInt8]) {
        do throws(ResponseError) {
            let plain = try Inflater().decode(body, coding, cap: bodyCap * 4)
            expect(plain.count <= bodyCap * 4, "the decoded body keeps to the cap", bytes)
        } catch {
            expect(coding != .identity, "what is not packed is not refused", bytes)
        }
    }

    private static func read(_ bytes: [UInt8], step: Int) -> Reading {
        var parser = ResponseParser(bodyCap: bodyCap, headCap: headCap, lineCap: lineCap)
        var reading = Reading()
        do throws(ResponseError) {
            for start in stride(from: 0, to: bytes.count, by: step) {
                let part = Array(bytes[start..<min(start + step, bytes.count)])
                try part.withUnsafeBufferPointer { part throws(ResponseError) in try parser.feed(part) }
            }
            parser.finish()
        } catch {
            reading.failure = error
        }
        reading.status = parser.head?.status
        reading.isKeptAlive = parser.head?.isKeptAlive
        reading.coding = parser.head?.coding
        reading.field = parser.head?.field("Retry-After")
        reading.isDone = parser.isDone
        reading.hasExcess = parser.hasExcess
        reading.body = parser.body
        return reading
    }
}
