internal import Sluice
internal import SluiceCore

/// A cache and its answers, for people and for programs; the schema is in docs/file-formats.md.
enum CacheText {
    static func lines(_ report: CacheReport) -> [String] {
        let n = NumberText.grouped
        var lines = [
            "\(report.path): \(n(report.answers)) answers to \(n(report.requests)) requests, \(size(report.bytes))"
        ]
        if let oldest = report.oldest, let newest = report.newest {
            lines.append("stored \(oldest.text) to \(newest.text)")
        }
        for model in report.models {
            lines.append("\(n(model.answers)) of \(model.model), \(model.endpoint) at \(model.base)")
        }
        return lines
    }

    static func line(_ answer: StoredAnswer) -> String {
        let text = JSON.text(of: answer.text).split(whereSeparator: \.isNewline).joined(separator: " ")
        let short = text.count > 60 ? text.prefix(60) + "…" : text
        return "\(answer.hash.prefix(16))  \(answer.sample)  \(answer.created.text)  \(answer.model)  \(short)"
    }

    static func json(_ report: CacheReport) -> Bytes {
        var json = JSONBuilder(capacity: 512)
        json.beginObject()
        json.key("path")
        json.value(report.path)
        for (name, count) in [("answers", report.answers), ("requests", report.requests), ("bytes", report.bytes)] {
            json.key(name)
            json.value(count)
        }
        for (name, time) in [("oldest", report.oldest), ("newest", report.newest)] {
            json.key(name)
            if let time { json.value(time.text) } else { json.null() }
        }
        json.key("models")
        json.beginArray()
        for model in report.models {
            json.beginObject()
            append(model: model.model, endpoint: model.endpoint, base: model.base, to: &json)
            json.key("answers")
            json.value(model.answers)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return Bytes(json.bytes)
    }

    /// - Parameter withReply: Whether the provider's whole reply is in it, instead of the answer's text.
    static func json(_ answer: StoredAnswer, withReply: Bool = false) -> Bytes {
        var json = JSONBuilder(capacity: answer.reply.count + 256)
        json.beginObject()
        json.key("hash")
        json.value(answer.hash)
        json.key("sample")
        json.value(answer.sample)
        append(model: answer.model, endpoint: answer.endpoint, base: answer.base, to: &json)
        json.key("created")
        json.value(answer.created.text)
        json.key(withReply ? "reply" : "text")
        json.raw((withReply ? answer.reply : answer.text).singleLine)
        json.endObject()
        return Bytes(json.bytes)
    }

    private static func append(model: String, endpoint: String, base: String, to json: inout JSONBuilder) {
        json.key("model")
        json.value(model)
        json.key("endpoint")
        json.value(endpoint)
        json.key("base_url")
        json.value(base)
    }

    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1_000_000: "\(bytes / 1000) kB"
        case ..<1_000_000_000: "\(Double(bytes / 100_000) / 10) MB"
        default: "\(Double(bytes / 10_000_000) / 100) GB"
        }
    }
}

extension JSON {
    /// A JSON string's text, or the JSON itself.
    fileprivate static func text(of json: Bytes) -> String { (try? parse(json))?.string ?? json.text }
}
