import SluiceCore
import SluiceProviders
import Testing

/// A reply without an answer and what it must mean.
struct ErrorCase: CustomTestStringConvertible {
    let status: Int
    let body: String
    let kind: OutcomeClass
    var code: String?
    var wait: Double?
    var concernsModel = false
    var headers: [String: String] = [:]
    var provider: String?

    /// A reply with a body as it came.
    init(
        _ status: Int, _ body: String, _ kind: OutcomeClass, code: String? = nil, wait: Double? = nil,
        concernsModel: Bool = false, headers: [String: String] = [:], from provider: String? = nil
    ) {
        self.status = status
        self.body = body
        self.kind = kind
        self.code = code
        self.wait = wait
        self.concernsModel = concernsModel
        self.headers = headers
        self.provider = provider
    }

    /// OpenAI's error object with type, code and message.
    init(
        _ status: Int, _ type: String?, _ code: String?, _ message: String, _ kind: OutcomeClass, wait: Double? = nil,
        concernsModel: Bool = false, headers: [String: String] = [:], from provider: String? = nil
    ) {
        func json(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
        self.init(
            status,
            #"{"error":{"message":\#(json(message)),"type":\#(json(type)),"param":null,"code":\#(json(code))}}"#, kind,
            code: code ?? type, wait: wait, concernsModel: concernsModel, headers: headers, from: provider)
    }

    var testDescription: String { "\(status) \(body.prefix(160)) \(headers.keys.sorted())" }

    func check(sourceLocation: SourceLocation = #_sourceLocation) {
        let verdict = ErrorClassifier.classify(
            status: status, header: { headers[$0] }, body: Bytes(body), from: provider,
            now: WallTime(nanoseconds: 1_795_246_080_000_000_000))
        #expect(verdict.kind == kind, "\(verdict)", sourceLocation: sourceLocation)
        #expect(verdict.code == code, sourceLocation: sourceLocation)
        #expect(verdict.concernsModel == concernsModel, sourceLocation: sourceLocation)
        #expect(verdict.wait == wait.map { TimeSpan.seconds($0) }, sourceLocation: sourceLocation)
        #expect(!verdict.message.isEmpty && !verdict.message.contains("\n"), sourceLocation: sourceLocation)
    }
}
