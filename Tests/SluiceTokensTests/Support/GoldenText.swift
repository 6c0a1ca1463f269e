import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The strings of `Golden/tokens.jsonl` with the ids that tiktoken gives them; `scripts/tokens/golden.py` writes it.
struct GoldenText {
    let text: String
    let ids: [String: [Int]]

    struct Missing: Error {}

    static func all(file: String = #filePath) throws -> [GoldenText] {
        let folder = file.split(separator: "/").dropLast(2).joined(separator: "/")
        guard let open = fopen("/\(folder)/Golden/tokens.jsonl", "rb") else { throw Missing() }
        defer { fclose(open) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, open), count > 0 { content += chunk[..<count] }
        return try content.split(separator: 0x0A).map { line in
            let json = try JSON.parse(Bytes(Array(line)))
            guard let text = json["text"]?.string else { throw Missing() }
            var ids: [String: [Int]] = [:]
            for member in json.members where member.text != "text" {
                ids[member.text] = member.value.elements.compactMap(\.int)
            }
            return GoldenText(text: text, ids: ids)
        }
    }
}
