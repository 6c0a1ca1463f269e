import SluiceCore

extension Question {
    /// The words of an answer to one of its prompts.
    func text(prompt place: Int, sample: Int, tokens: Int) -> String {
        let item = prompts.count == 1 ? item : ItemMark(in: prompts[place].raw)
        return AnswerText.compose(prompt: prompts[place], item: item, tokens: tokens, choice: sample)
    }
}

/// The words of an answer: which prompt it belongs to, then filler up to the wanted length.
enum AnswerText {
    private static let echoed = 40
    private static let filler: [[UInt8]] = [
        "The sentence is rendered as asked, with its names, numbers and punctuation left as they were. ",
        "Nothing was added and nothing was taken away, so that the sense stays exactly what it was before. ",
        "A real model would say something of its own here; this one only takes the time and the room. ",
        "It reads well, it is about as long as such answers usually are, and it is the same every time. ",
        "Whoever counts the words will find that they add up to the tokens that were charged for them. ",
        "The rest of this text has no other purpose than to give the line the length that was ordered. ",
    ].map { Array($0.utf8) }

    /// The answer to a prompt, about four bytes per token; the mark of the row is there however short it is.
    ///
    /// A pure function of its arguments; the answers to one prompt differ by `choice`.
    static func compose(prompt: JSON, item: ItemMark?, tokens: Int, choice: Int) -> String {
        var text: String
        if let item {
            text = "Answer to \(item.text): "
        } else if let words = prompt.string {
            text = "Answer to \"\(String(words.prefix(echoed)))\": "
        } else {
            text = "Answer: "
        }
        var room = tokens.multipliedReportingOverflow(by: 4).partialValue - text.utf8.count
        var next = choice
        while room > 0 {
            let sentence = filler[next % filler.count]
            text += String(decoding: sentence.prefix(room), as: UTF8.self)
            room -= sentence.count
            next += 1
        }
        if text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
