import SluiceCore
import SluiceTokens

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// MeasureTokens load ENCODING             what it takes to load an encoding: one line of JSON
// MeasureTokens count ENCODING FILE...    how fast texts are counted; files of (length as 4 bytes, UTF-8)
// MeasureTokens worst ENCODING            how long a megabyte of bad text takes
// MeasureTokens ids ENCODING FILE         the tokens of each text on standard output: (number, ids), 4 bytes each
// ENCODING is a name, or the path of a tokenizer.json.
// Texts are passed at once, as a run would have them in memory; times are those of the thread's clock.

func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func texts(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { fail("cannot read \(path)") }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    fseek(file, 0, SEEK_SET)
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { fail("cannot read \(path)") }
    return bytes
}

func forEachText(_ bytes: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBytes { raw in
        var at = 0
        while at < raw.count {
            let count = Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
            body(UnsafeRawBufferPointer(rebasing: raw[at + 4..<at + 4 + count]).assumingMemoryBound(to: UInt8.self))
            at += 4 + count
        }
    }
}

func residentMegabytes() -> Double {
    var usage = rusage()
    #if canImport(Glibc)
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
        getrusage(RUSAGE_SELF, &usage)
    #endif
    return Double(usage.ru_maxrss) / 1024
}

func fail(_ message: String) -> Never {
    let line = Array("\(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(2)
}

let arguments = CommandLine.arguments
guard arguments.count > 2 else { fail("usage: MeasureTokens load|count|estimate|worst|ids ENCODING [FILE...]") }
if arguments[1] == "estimate" {
    guard arguments.count > 3 else { fail("usage: MeasureTokens estimate MODEL FILE") }
    var requests: [Request] = []
    var size = 0
    forEachText(texts(arguments[3])) { text in
        var json = JSONBuilder()
        json.beginArray()
        json.beginObject()
        json.member("role", "user")
        json.member("content", String(decoding: text, as: UTF8.self))
        json.endObject()
        json.endArray()
        size += text.count
        requests.append(
            Request(
                endpoint: .chat, model: arguments[2], question: Bytes(json.bytes), parameters: Bytes([]), maxTokens: nil,
                turns: 1))
    }
    var estimator = ChatTokenEstimator(model: arguments[2])
    var times: [Double] = []
    for _ in 0..<4 {
        let start = seconds()
        for request in requests { _ = estimator.estimate(request) }
        times.append((seconds() - start) * 1e6 / Double(requests.count))
    }
    print(
        "{\"texts\": \(requests.count), \"bytes\": \(size / requests.count), \"first_us\": \(times[0]), \"warm_us\": \(times.min() ?? 0)}")
    exit(0)
}
let before = residentMegabytes()
let start = seconds()
let encoding: Encoding
if arguments[2].hasSuffix(".json") {
    do {
        encoding = try Encoding(tokenizerFile: Bytes(texts(arguments[2])), path: arguments[2])
    } catch {
        fail("\(error)")
    }
} else {
    guard let published = Encoding.published(arguments[2]) else { fail("no encoding \(arguments[2])") }
    encoding = published
}
let loading = (seconds() - start) * 1000

switch arguments[1] {
case "load":
    print("{\"load_ms\": \(loading), \"megabytes\": \(residentMegabytes() - before)}")
case "count":
    for path in arguments.dropFirst(3) {
        let bytes = texts(path)
        var size = 0
        forEachText(bytes) { size += $0.count }
        var first = Double.infinity
        var warm = Double.infinity
        var tokens = 0
        for _ in 0..<3 {
            var counter = Counter(encoding, cacheBits: 18)
            for pass in 0..<4 {
                let start = seconds()
                tokens = 0
                forEachText(bytes) { tokens += counter.count($0) }
                let time = seconds() - start
                if pass == 0 { first = min(first, time) } else { warm = min(warm, time) }
            }
        }
        print(
            "{\"tokens\": \(tokens), \"first\": \(Double(size) / first / 1e6), \"warm\": \(Double(size) / warm / 1e6)}")
    }
case "worst":
    let size = 1 << 20
    var random: UInt64 = 1
    let han = Array("漢字仮名交文説明書類関係者会議室内".utf8)
    let kinds: [(String, [UInt8])] = [
        ("a", [UInt8](repeating: 0x61, count: size)), ("blanks", [UInt8](repeating: 0x20, count: size)),
        ("carets", [UInt8](repeating: 0x5E, count: size)),
        ("one long chinese run", (0..<size).map { han[$0 % han.count] }),
        (
            "random bytes",
            (0..<size).map { _ in
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: random >> 56)
            }
        ),
        (
            "random letters",
            (0..<size).map { _ in
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: 0x61 + (random >> 56) % 26)
            }
        ),
    ]
    for (name, bytes) in kinds {
        var counter = Counter(encoding)
        let start = seconds()
        let tokens = bytes.withUnsafeBufferPointer { counter.count($0) }
        print("{\"text\": \"\(name)\", \"tokens\": \(tokens), \"seconds\": \(seconds() - start)}")
    }
case "ids":
    guard arguments.count > 3 else { fail("usage: MeasureTokens ids ENCODING FILE") }
    var counter = Counter(encoding)
    var out: [UInt32] = []
    forEachText(texts(arguments[3])) { text in
        let ids = counter.encode(text)
        guard ids.count == counter.count(text) else { fail("counted \(counter.count(text)), encoded \(ids.count)") }
        out.append(UInt32(ids.count))
        out += ids.map { UInt32($0) }
    }
    out.withUnsafeBytes { bytes in
        var at = 0
        while at < bytes.count {
            let written = write(STDOUT_FILENO, bytes.baseAddress.unsafelyUnwrapped + at, bytes.count - at)
            guard written > 0 else { fail("cannot write") }
            at += written
        }
    }
default: fail("no such measurement: \(arguments[1])")
}
