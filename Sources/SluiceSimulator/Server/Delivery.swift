import SluiceCore

/// A reply as the steps in which it reaches the wire.
///
/// A plain reply needs none of this: it is written at once. What is streamed, slow or broken on purpose is a delivery.
struct Delivery: Sendable, Equatable {
    /// One step.
    enum Step: Sendable, Equatable {
        /// Hands these bytes to the operating system, before the next step begins.
        case send([UInt8])
        /// Sends the same bytes so many times; they are made while they are written, as fast as the client reads.
        case fill([UInt8], times: Int)
        /// Waits.
        case wait(TimeSpan)
        /// Sends nothing more, and waits until the client leaves.
        case hang
        /// Ends the connection with FIN.
        case close
        /// Ends the connection with RST.
        case reset
    }

    /// The steps in their order.
    var steps: [Step] = []
    /// What follows when the reply has been sent and entered into the ledger.
    var echo: [Step] = []
    /// Whether a client that has received all of it has a whole reply.
    var isWhole = true

    /// Appends bytes to be sent, in one write with those before them if no other step is between.
    mutating func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        if case .send(let before) = steps.last {
            steps[steps.count - 1] = .send(before + bytes)
        } else {
            steps.append(.send(bytes))
        }
    }

    /// Appends a piece of a streamed body: its pause, and a chunk of its own.
    mutating func add(_ piece: Reply.Piece) {
        wait(piece.pause)
        send(Chunk.coded(piece.bytes))
    }

    /// Appends a pause, unless it is none.
    mutating func wait(_ span: TimeSpan) {
        if span > .zero { steps.append(.wait(span)) }
    }
}

extension Delivery {
    /// A reply in the chunked coding, each piece a chunk of its own after its pause.
    init(streaming reply: Reply, _ pieces: [Reply.Piece], closes: Bool) {
        send(reply.head(.chunked, closes: closes))
        for piece in pieces { add(piece) }
        send(Chunk.last)
    }
}
