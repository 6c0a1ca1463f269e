/// How long answers are, learned for each template from those so far.
///
/// A template is what requests have in common that decides the length of their answers: model and system message.
package struct OutputLengths: Sendable {
    /// What is known of one template.
    private struct Template: Sendable {
        /// The mean of late, which follows answers that change.
        var mean = 0.0
        var sketch = QuantileSketch()
        /// The 99th percentile as it was a few answers ago: every request asks for it.
        var most = 0
        private var renewal = OutputLengths.enough

        mutating func add(_ tokens: Int) {
            sketch.add(tokens)
            if sketch.count >= renewal {
                most = sketch.quantile(0.99) ?? 0
                renewal = sketch.count + sketch.count / 32 + 1
            }
            mean += (Double(tokens) - mean) / Double(min(sketch.count, OutputLengths.memory))
        }
    }

    /// So many answers say something about those to come.
    package static let enough = 30
    private static let memory = 200
    private static let guess = 500
    /// From so many templates on the others are taken together.
    private static let mostTemplates = 64
    private var templates: [UInt64: Template] = [:]
    private var others = Template()

    /// Nothing known.
    package init() {}

    /// Takes the length of an answer in, in tokens.
    package mutating func add(_ tokens: Int, of template: UInt64) {
        if templates[template] != nil || templates.count < Self.mostTemplates {
            templates[template, default: Template()].add(tokens)
        } else {
            others.add(tokens)
        }
    }

    /// The tokens that an answer will probably have, at most what was asked for; a guess until enough are known.
    package func expected(of template: UInt64, cap: Int?) -> Int {
        let known = templates[template] ?? others
        guard known.sketch.count >= Self.enough else { return Self.unknown(cap: cap) }
        return min(cap ?? .max, Int(known.mean.rounded(.up)))
    }

    /// The tokens that hardly any answer will pass, 1 in 100; nil until enough are known.
    package func most(of template: UInt64) -> Int? {
        let known = templates[template] ?? others
        return known.sketch.count >= Self.enough ? known.most : nil
    }

    /// All answers, of whatever template.
    package var all: QuantileSketch {
        templates.values.reduce(into: others.sketch) { $0.merge($1.sketch) }
    }

    /// What is reserved for an answer of which nothing is known.
    package static func unknown(cap: Int?) -> Int { min(cap ?? guess, guess) }
}
