public import SluiceCore

/// A request as the server saw it.
public struct LedgerEntry: Sendable, Equatable {
    /// When it had come in.
    public var time: WallTime
    /// Its place among all requests, from 1, in the order in which they came in.
    public var number: Int
    /// The end of its key after `…`, or an empty text if it had none.
    public var key: String
    /// The path as sent, without the query.
    public var path: String
    /// The N of the `item-N` in its prompt.
    public var item: Int?
    /// The HTTP status, or nil if no head was sent on purpose.
    public var status: Int?
    /// What was broken on purpose, by the name of its fault: `503`, `reset`, `stall-body`.
    public var fault: String?
    /// The tokens of its prompt.
    public var inputTokens: Int
    /// The tokens of the answers, sent or not.
    public var outputTokens: Int
    /// The time from the end of the request to the end of the reply.
    public var duration: TimeSpan
    /// Whether a whole reply was handed to the operating system; false if the client was gone, or the reply was cut.
    public var sent: Bool

    /// The entry as one line of the ledger file, line end included.
    ///
    /// `t` is in nanoseconds since 1970, `ms` in milliseconds with three decimals.
    package func appendLine(to lines: inout [UInt8]) {
        var line = JSONBuilder()
        line.beginObject()
        line.key("t")
        line.value(Int(time.nanoseconds))
        line.key("n")
        line.value(number)
        line.key("key")
        line.value(key)
        line.key("path")
        line.value(path)
        line.key("item")
        if let item { line.value(item) } else { line.null() }
        line.key("status")
        if let status { line.value(status) } else { line.null() }
        line.key("fault")
        if let fault { line.value(fault) } else { line.null() }
        line.key("in")
        line.value(inputTokens)
        line.key("out")
        line.value(outputTokens)
        line.key("ms")
        line.value((duration.seconds * 1e6).rounded() / 1e3)
        line.key("sent")
        line.value(sent)
        line.endObject()
        lines.append(contentsOf: line.bytes)
        lines.append(UInt8(ascii: "\n"))
    }
}
