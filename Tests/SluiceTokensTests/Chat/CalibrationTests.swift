import SluiceCore
import Testing

@testable import SluiceTokens

@Suite struct CalibrationTests {
    private static let sentences = [
        "The harbour office opens at nine, and the pilot waits for nobody.",
        "Bitte fassen Sie den folgenden Absatz zusammen, und lassen Sie nichts weg.",
        "请把下面这段话翻译成英文，并保留所有的专有名词。", "次の文章の要点を三つにまとめてください。",
        "Переведите этот текст на английский язык.", #"{"id": 17, "tags": ["a", "b"], "score": 0.25}"#,
    ]

    /// Chats of one to three messages in several languages, each of which the provider counts in a vocabulary that we
    /// do not know, with four tokens around it.
    private static func prompts(_ count: Int, seed: UInt64) -> [(Request, counted: Int)] {
        var random = SplitMix64(seed: seed)
        var secret = Counter(.p50kBase)
        return (0..<count).map { _ in
            var counted = 3
            var json = JSONBuilder()
            json.beginArray()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let text = (0..<Int.random(in: 1...8, using: &random))
                    .map { _ in Self.sentences.randomElement(using: &random) ?? "" }.joined(separator: " ")
                json.beginObject()
                json.member("role", "user")
                json.member("content", text)
                json.endObject()
                counted += 4 + secret.count(text)
            }
            json.endArray()
            let question = Bytes(json.bytes)
            return (Request(model: "house-model", question: question, turns: 1), counted)
        }
    }

    @Test(arguments: 1...8)
    func `sixty answers tell what the next prompts take in a vocabulary that is not public`(seed: UInt64) {
        let prompts = Self.prompts(500, seed: seed)
        var estimator = ChatTokenEstimator(model: "house-model", wantsTraits: true)
        for (request, counted) in prompts[..<60] {
            let raw = estimator.uncorrected(request)
            estimator.calibration.observe(estimated: raw.tokens, counted: counted, traits: estimator.traits)
        }
        var (estimated, counted) = (0, 0)
        for (request, truth) in prompts[60...] {
            estimated += estimator.estimate(request).tokens
            counted += truth
        }
        #expect(abs(Double(estimated) / Double(counted) - 1) <= 0.02, "\(estimated) instead of \(counted)")
    }

    @Test func `what one prompt says is not taken for more than it is`() {
        let prompts = Self.prompts(2, seed: 9)
        var estimator = ChatTokenEstimator(model: "house-model", wantsTraits: true)
        let raw = estimator.uncorrected(prompts[0].0)
        estimator.calibration.observe(estimated: raw.tokens, counted: prompts[0].counted, traits: estimator.traits)
        let estimate = estimator.estimate(prompts[1].0)
        #expect(estimate.method == .calibrated)
        #expect((prompts[1].counted / 2...prompts[1].counted * 2).contains(estimate.tokens))
    }

    @Test func `a model with a public vocabulary has no traits`() {
        var estimator = ChatTokenEstimator(model: "gpt-4o", wantsTraits: true)
        _ = estimator.estimate(Self.prompts(1, seed: 1)[0].0)
        #expect(estimator.traits == nil)
    }
}
