import SluiceCLI
import SluiceCore
import SluiceSimulator

/// Fault scripts, as files and as rules on the command line: read, or refused in a line.
enum FaultScriptEntry: FuzzEntry {
    static let name = "faults"

    static func run(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let file = Result { () throws(SluiceError) in try FaultScriptFile(yaml: text, file: "faults.yaml") }
        let rule = Result { () throws(SluiceError) in try FaultScriptFile(rule: text) }
        for result in [file, rule] {
            guard case .failure(let error) = result else { continue }
            expect(!error.message.isEmpty && !error.message.contains("\n"), "the error is no line", bytes)
        }
        return (try? file.get()) != nil || (try? rule.get()) != nil
    }

    static let corpus = [
        "- {when: {rate: 2%}, do: {status: 503, retry-after: 2s}}",
        "- when: {prompt: item-7, nth: 1}\n  do: {reset: body}",
        "- {when: {key: '0001', nth: 500+}, do: {key: revoked}, times: 1}", "[{do: {stall: head, for: 50ms}}]",
        "rate=5%, key=0001: status 503, retry-after 2s", "nth=5..9: drip 100, every 2ms", ": twice", ": again 20ms",
        "- do: {status: 200, code: c, type: t, message: m, param: p, body: b, headers: {a: b}, delay: 1s, clock: +1h}",
        "- do: {length: +100}\n- do: {length: -7}\n- do: {chunked: both}\n- do: {interim: 3}\n- do: {size: 20MB}",
        "- &a {do: {bomb: 1GB}}\n- *a", "a: [", "- do: {gzip: broken}", "- do: {limits: 50%}", "- do: {html: 502}",
    ].map { Array($0.utf8) }

    static let tokens =
        [
            "- ", "do: ", "when: ", "times: ", "{", "}", "[", "]", ": ", ", ", "\n", "\n  ", "status", "reset", "stall",
            "drip", "every", "rate", "nth", "prompt", "5%", "150%", "1..2", "9..1", "7+", "+", "-", "&a ", "*a", "<<: ",
            "!!int ", "'", "\"", "|\n", "? ", "#", "\u{0}", "9223372036854775808", "1e400", "99999h",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3]]
}
