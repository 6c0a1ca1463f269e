import SluiceCore

extension Reply {
    /// Pieces nearer to each other than this are sent together.
    private static let shortestPause = TimeSpan.milliseconds(1)

    /// The answer to a question that asks for a stream: a chunk for each token of each choice, in the time that
    /// generating them takes; `created` is in seconds since 1970.
    init(streaming question: Question, _ verdict: Verdict, number: Int, created: Int) {
        self.init(status: 200, body: [])
        contentType = "text/event-stream"
        var events = EventStream(question, number: number, created: created)
        let texts = question.prompts.indices.flatMap { place in
            (0..<question.choices).map { sample in
                Self.tokens(of: question.text(prompt: place, sample: sample, tokens: verdict.answerTokens))
            }
        }
        for choice in texts.indices { events.role(choice: choice) }
        var pieces: [Piece] = []
        let count = max(1, verdict.answerTokens)
        let each = TimeSpan(nanoseconds: verdict.generation.nanoseconds / Int64(count))
        var pause = TimeSpan.zero
        for token in 0..<count {
            // What has gathered leaves before the pause, so that the first chunk does not wait for the first token.
            if pause == .zero, each > .zero { pieces.append(Piece(pause: pause, bytes: events.take())) }
            pause = pause.longer(by: each)
            for (choice, text) in texts.enumerated() where token < text.count {
                // The mark of the row is there however short the answer is.
                let isLast = token == count - 1
                events.content(isLast ? Substring(text[token...].joined()) : text[token], choice: choice)
            }
            guard pause >= Self.shortestPause else { continue }
            pieces.append(Piece(pause: pause, bytes: events.take()))
            pause = .zero
        }
        for choice in texts.indices { events.finish(choice: choice, isCutShort: verdict.isCutShort) }
        events.usage(question, verdict)
        events.done()
        pieces.append(Piece(pause: pause, bytes: events.take()))
        stream = pieces
    }

    /// A text cut into tokens of four bytes, or a little more where a character would be cut in two.
    static func tokens(of text: String) -> [Substring] {
        var tokens: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            var end = rest.utf8.index(rest.startIndex, offsetBy: 4, limitedBy: rest.endIndex) ?? rest.endIndex
            while end < rest.endIndex, rest.utf8[end] & 0xC0 == 0x80 { rest.utf8.formIndex(after: &end) }
            tokens.append(rest[..<end])
            rest = rest[end...]
        }
        return tokens
    }
}

extension TimeSpan {
    fileprivate func longer(by span: TimeSpan) -> TimeSpan { TimeSpan(nanoseconds: nanoseconds + span.nanoseconds) }
}
