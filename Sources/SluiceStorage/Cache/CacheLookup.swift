/// What is looked for: answers to one request, wherever it may be sent.
package struct CacheLookup: Sendable {
    /// The request at each place that may answer it; the first that has an answer counts.
    package let hashes: [RequestHash]
    /// The samples that are wanted.
    package let samples: Range<Int>

    /// Looks for samples of a request.
    package init(_ hashes: [RequestHash], samples: Range<Int>) {
        self.hashes = hashes
        self.samples = samples
    }
}
