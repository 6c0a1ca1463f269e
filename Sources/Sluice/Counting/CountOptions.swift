public import SluiceProviders

/// What ``TokenCount`` is to count, and how.
public struct CountOptions: Sendable {
    /// Where rows come from: paths, or nil for the standard input.
    public var inputs: [String?] = []
    /// How rows become requests, as in a run.
    public var asking = Asking()
    /// The name of the encoding to count with, or the path of a `tokenizer.json`; nil for the one of each row's model.
    public var encoding: String?
    /// A folder with the published vocabularies as tiktoken caches them, to be compared with those in the binary.
    public var vocabularyFolder: String?
    /// Whether a vocabulary that is not in that folder is an error.
    public var needsVocabularyFiles = false
    /// The column whose values rows are grouped by.
    public var groupField: String?
    /// The tokens that a prompt may have, above which rows are named; nil for what each row's model reads.
    public var context: Int?
    /// Models with what they read.
    public var catalogue = Catalogue.builtIn
    /// The tokens that each row is cut to; nil leaves the rows alone.
    public var limit: Int?

    /// Counts nothing yet; set the inputs.
    public init() {}
}
