internal import SluiceCore

/// Reads a `tokenizer.json` as Hugging Face's tokenizers writes it, if its model is byte pair encoding on bytes with a
/// split pattern that is known: the families of GPT-2, Llama 3, Qwen 2 and DeepSeek V3.
///
/// Whatever could change a count and is not known is refused by its name.
struct TokenizerFile {
    private let json: JSON
    private let path: String

    init(_ content: Bytes, path: String) throws(SluiceError) {
        self.path = path
        do throws(JSONError) {
            json = try JSON.parse(content)
        } catch {
            throw SluiceError(.configuration, "not valid JSON: \(error)", file: path)
        }
    }

    /// The encoding that the file describes.
    /// - Throws: ``SluiceError`` of code `configuration` that names what is not supported.
    func encoding() throws(SluiceError) -> Encoding {
        let isComposed = try isComposed()
        let pattern = try pattern()
        guard let model = json["model"] else { throw refusal("a file without a model") }
        if let type = model["type"]?.string, type != "BPE" { throw refusal("a model of the type \(type)") }
        for name in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"] {
            if let value = model[name], value.kind != .null, value.string != "" {
                throw refusal("a model with \(name)")
            }
        }
        if model["byte_fallback"]?.bool == true { throw refusal("a model with byte_fallback") }
        let vocabulary = try MergeFile(model, refusal: refusal).vocabulary()
        var specials: [Int: String] = [:]
        for token in json["added_tokens"]?.elements ?? [] {
            if let id = token["id"]?.int, let text = token["content"]?.string { specials[id] = text }
        }
        return Encoding(
            name: path, pattern: pattern, vocabulary: vocabulary, specials: specials, isComposed: isComposed)
    }

    private func refusal(_ what: String) -> SluiceError {
        SluiceError(
            .configuration, "\(what) is not supported",
            hint: "only byte-level BPE with the patterns of GPT-2, Llama 3, Qwen 2 and DeepSeek V3 is counted exactly",
            file: path)
    }

    /// Whether text is to be brought to normal form C.
    private func isComposed() throws(SluiceError) -> Bool {
        guard let normalizer = json["normalizer"], normalizer.kind == .object else { return false }
        let steps = normalizer["type"]?.string == "Sequence" ? normalizer["normalizers"]?.elements ?? [] : [normalizer]
        for step in steps where step["type"]?.string != "NFC" {
            throw refusal("the normalizer \(step["type"]?.string ?? step.raw.text)")
        }
        return !steps.isEmpty
    }

    private func pattern() throws(SluiceError) -> SplitPattern {
        guard let splitter = json["pre_tokenizer"], splitter.kind == .object else {
            throw refusal("a file without a pre_tokenizer")
        }
        let steps = splitter["type"]?.string == "Sequence" ? splitter["pretokenizers"]?.elements ?? [] : [splitter]
        guard let last = steps.last, last["type"]?.string == "ByteLevel" else {
            throw refusal("a pre_tokenizer that does not end with ByteLevel")
        }
        if last["add_prefix_space"]?.bool != false { throw refusal("add_prefix_space") }
        if last["use_regex"]?.bool != false {
            guard steps.count == 1 else { throw refusal("ByteLevel with a pattern of its own behind others") }
            return .gpt2
        }
        var patterns: [String] = []
        for step in steps.dropLast() {
            guard step["type"]?.string == "Split", step["behavior"]?.string == "Isolated",
                step["invert"]?.bool != true, let pattern = step["pattern"]?["Regex"]?.string
            else { throw refusal("the pre_tokenizer \(step.raw.text.prefix(120))") }
            patterns.append(pattern)
        }
        guard let known = Self.known[patterns] else {
            throw refusal("the split pattern \(patterns.joined(separator: " then "))")
        }
        return known
    }

    private static let known: [[String]: SplitPattern] = [
        [
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        ]: .llama3,
        [
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        ]: .qwen2,
        [
            #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        ]: .o200k,
        [#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#]: .gpt2,
        [
            #"\p{N}{1,3}"#, "[一-龥\u{3040}-ゟ゠-ヿ]+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
        ]: .deepSeek3,
    ]
}
