public import SluiceCore

extension Encoding {
    /// Reads a `tokenizer.json`: byte pair encoding on bytes, with the split pattern of GPT-2, Llama 3, Qwen 2, gpt-oss
    /// or DeepSeek V3.
    ///
    /// Added tokens, special ones included, are ordinary text in what is counted.
    /// - Parameter path: The name of the file, for messages; it is the name of the encoding, too.
    /// - Throws: ``SluiceError`` of code `configuration` that names what cannot be done exactly.
    public init(tokenizerFile content: Bytes, path: String) throws(SluiceError) {
        self = try TokenizerFile(content, path: path).encoding()
    }
}
