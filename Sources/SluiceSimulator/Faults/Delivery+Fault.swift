import SluiceCore

extension Delivery {
    /// A reply as a fault leaves it.
    init(_ reply: Reply, _ fault: Fault.Kind, closes: Bool) {
        let parts = Parts(reply, closes: closes)
        switch fault {
        case .none, .error, .page, .body, .key, .limits:
            steps = parts.whole
        case .reset(let place):
            steps = parts.upTo(place) + [.reset]
            isWhole = false
        case .close(let place):
            steps = parts.upTo(place) + [.close]
            isWhole = place == .after
        case .stall(let place, let span):
            steps = parts.upTo(place)
            if let span {
                wait(span)
                steps += parts.from(place)
            } else {
                steps.append(.hang)
                isWhole = false
            }
        case .truncate(let truncation):
            truncate(reply, truncation, closes: closes)
        case .length(let change):
            let body = reply.whole
            steps = [.send(reply.head(.length(max(0, body.count + change)), closes: closes) + body)]
            isWhole = change == 0
        case .chunked(let chunking):
            self = Delivery(reply, chunked: chunking, closes: closes)
        case .twice:
            // In one write, so that it comes before anything more is asked.
            let bytes = parts.whole.flatMap { if case .send(let bytes) = $0 { bytes } else { [UInt8]() } }
            steps = [.send(bytes + bytes)]
        case .again(let span):
            wait(span)
            echo = steps + parts.whole
            steps = parts.whole
        case .interim(let count):
            let interim = ["100 Continue", "102 Processing", "103 Early Hints\r\nlink: </hint>; rel=preload"]
            let lines = (0..<count).map { "HTTP/1.1 \(interim[$0 % 3])\r\n\r\n" }.joined()
            steps = [.send(Array(lines.utf8))] + parts.whole
        case .size(let size):
            let body = PaddedBody(reply.whole, upTo: size)
            steps = body.steps(after: reply.head(.length(body.count), closes: closes))
        case .gzip(let compression):
            let body = Self.compressed(reply.whole, compression)
            var packed = reply
            packed.headers.append(("content-encoding", "gzip"))
            steps = body.steps(after: packed.head(.length(body.count), closes: closes))
            isWhole = compression != .broken
        case .drip(let bytes, let span):
            steps = parts.upTo(.head)
            let body = parts.from(.head).flatMap { if case .send(let bytes) = $0 { bytes } else { [UInt8]() } }
            for start in stride(from: 0, to: body.count, by: bytes) {
                wait(span)
                send(Array(body[start..<min(start + bytes, body.count)]))
            }
        }
    }

    private mutating func truncate(_ reply: Reply, _ truncation: Fault.Truncation, closes: Bool) {
        let body = reply.whole
        let half = Array(body[..<(body.count / 2)])
        isWhole = false
        switch truncation {
        case .length: steps = [.send(reply.head(.length(body.count), closes: closes) + half), .close]
        case .chunked: steps = [.send(reply.head(.chunked, closes: closes) + Chunk.coded(half)), .close]
        case .json: steps = [.send(reply.head(.length(half.count), closes: closes) + half)]
        }
    }

    private static func compressed(_ body: [UInt8], _ compression: Fault.Compression) -> PaddedBody {
        switch compression {
        case .sound, .broken:
            return PaddedBody(
                before: Gzip.packed(body, isSound: compression == .sound), filler: 0, times: 0, after: [])
        case .bomb(let size):
            let large = PaddedBody(body, upTo: size)
            return Gzip.bomb(large.before, large.filler, times: large.times, large.after)
        }
    }
}

/// A reply in parts, so that something can happen between them.
private struct Parts {
    private let head: Delivery
    private let first: Delivery
    private let second: Delivery

    init(_ reply: Reply, closes: Bool) {
        var (head, first, second) = (Delivery(), Delivery(), Delivery())
        if let pieces = reply.stream {
            head.send(reply.head(.chunked, closes: closes))
            for (place, piece) in pieces.enumerated() {
                if place < pieces.count / 2 { first.add(piece) } else { second.add(piece) }
            }
            second.send(Chunk.last)
        } else {
            head.send(reply.head(.length(reply.body.count), closes: closes))
            first.send(Array(reply.body[..<(reply.body.count / 2)]))
            second.send(Array(reply.body[(reply.body.count / 2)...]))
        }
        (self.head, self.first, self.second) = (head, first, second)
    }

    var whole: [Delivery.Step] { upTo(.after) }

    func upTo(_ place: Fault.Place) -> [Delivery.Step] {
        switch place {
        case .before: []
        case .head: head.steps
        case .body: head.steps + first.steps
        case .after: head.steps + first.steps + second.steps
        }
    }

    func from(_ place: Fault.Place) -> [Delivery.Step] {
        switch place {
        case .before: whole
        case .head: first.steps + second.steps
        case .body: second.steps
        case .after: []
        }
    }
}

extension Reply {
    /// The body, also if it would be sent in pieces.
    fileprivate var whole: [UInt8] { stream.map { $0.flatMap(\.bytes) } ?? body }
}
