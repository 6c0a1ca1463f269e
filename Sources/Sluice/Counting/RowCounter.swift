internal import SluiceCore
internal import SluiceProviders
internal import SluiceStorage
internal import SluiceTokens

/// Counts row by row, each as a run would ask it.
struct RowCounter {
    /// A row with its tokens.
    struct Counted {
        let row: CountedRow
        /// The value of the column that rows are grouped by.
        let group: String?
        let wasCut: Bool
    }

    /// Why a row was not counted.
    struct Bad: Error {
        let line: Int
        let message: String
    }

    /// What rows without a model are counted with.
    private static let usual = "o200k_base"

    private let options: CountOptions
    private let stage: PlanStage
    private let shape: RowShape
    private let writer: RequestWriter
    private let columns: [String]?
    private let encoding: Encoding?
    private var estimators: [String: ChatTokenEstimator] = [:]
    private var contexts: [String: Int?] = [:]
    private(set) var countedWith: [String] = []

    /// - Throws: ``SluiceError`` for an encoding that does not exist or a vocabulary that is not the published one.
    init(_ options: CountOptions) throws(SluiceError) {
        self.options = options
        var run = RunOptions()
        run.asking = options.asking
        let check = try QuestionCheck(run)
        stage = PlanStage(check, known: nil)
        shape = RowShape(options.asking, template: check.template, image: check.image)
        writer = RequestWriter(options.asking)
        columns = check.template?.columns
        encoding = try options.encoding.map { name throws(SluiceError) in try Self.encoding(name) }
    }

    /// The encoding of a name, or of a `tokenizer.json` at a path.
    private static func encoding(_ name: String) throws(SluiceError) -> Encoding {
        if name.hasSuffix(".json") {
            guard let content = try WholeFile.read(name) else { throw SluiceError(.io, "there is no \(name)") }
            return try Encoding(tokenizerFile: content, path: name)
        }
        guard let encoding = Encoding.published(name) else {
            throw SluiceError(
                .usage, "there is no encoding '\(name)'",
                hint: DidYouMean.nearest(to: name, among: Encoding.names).map { "did you mean \($0)?" }
                    ?? "one of \(Encoding.names.joined(separator: ", "))")
        }
        return encoding
    }

    /// Counts an item of the input.
    /// - Throws: ``SluiceError`` if a vocabulary is not the published one.
    mutating func count(_ item: FeedItem, file: String) throws(SluiceError) -> Result<Counted, Bad> {
        switch item {
        case .bad(let bad): return .failure(Bad(line: bad.line, message: bad.message))
        case .record(let record):
            let row: Row
            switch stage.read(record) {
            case .success(let read): row = read
            case .failure(let failure): return .failure(Bad(line: record.line, message: failure.message))
            }
            do throws(Failure) {
                let request = try request(row.json, row.bytes)
                var estimator = try estimator(of: request.model)
                let context = context(of: request.model)
                let counted = try count(row, request, file: file, context: context, &estimator)
                estimators[request.model] = estimator
                return .success(counted)
            } catch {
                if error.code == Self.vocabularyCode { throw SluiceError(.configuration, error.message) }
                return .failure(Bad(line: record.line, message: error.message))
            }
        }
    }

    private static let vocabularyCode = "vocabulary"

    private func count(
        _ row: Row, _ request: Request, file: String, context: Int?, _ estimator: inout ChatTokenEstimator
    ) throws(Failure) -> Counted {
        var estimate = estimator.estimate(request)
        var bytes = row.bytes
        var wasCut = false
        if let limit = options.limit, estimate.tokens > limit {
            var cutter = ChatTokenEstimator(model: request.model, encoding: encoding)
            let cut = try RowCut(row, options.asking, columns: columns).cut(
                to: limit, estimate, &cutter
            ) { (bytes) throws(Failure) in
                let json = row.json == nil ? nil : try? JSON.parse(bytes)
                return estimator.estimate(try self.request(json, bytes))
            }
            (bytes, estimate) = cut
            wasCut = true
        }
        let group = options.groupField.map { name in row.json?[name].map { $0.string ?? $0.raw.text } ?? "" }
        return Counted(
            row: CountedRow(
                file: file, line: row.line, id: row.id?.text, estimate: estimate, context: context, row: bytes),
            group: group, wasCut: wasCut)
    }

    private mutating func context(of model: String) -> Int? {
        if let context = options.context { return context }
        if let known = contexts[model] { return known }
        let context = options.catalogue.model(model)?.context
        contexts[model] = .some(context)
        return context
    }

    private func request(_ json: JSON?, _ bytes: Bytes) throws(Failure) -> Request {
        var question = try shape.question(json, nil, line: bytes)
        // To count, a row needs no model.
        if question.model == nil { question.model = Self.usual }
        return try writer.request(question, row: json)
    }

    private mutating func estimator(of model: String) throws(Failure) -> ChatTokenEstimator {
        if let known = estimators.removeValue(forKey: model) { return known }
        let own = encoding ?? (model == Self.usual ? .o200kBase : Encoding.forModel(model))
        if let own { try compare(own) }
        let name = own?.name ?? model
        if !countedWith.contains(name) { countedWith.append(name) }
        return ChatTokenEstimator(model: model, encoding: own)
    }

    /// Compares a vocabulary with the published file in the user's folder.
    private func compare(_ encoding: Encoding) throws(Failure) {
        guard let folder = options.vocabularyFolder, let file = PublishedFile(of: encoding) else { return }
        let path = "\(folder)/\(file.cacheName)"
        do throws(SluiceError) {
            if let content = try WholeFile.read(path) {
                try file.check(content, path: path)
            } else if options.needsVocabularyFiles {
                throw SluiceError(.io, "there is no \(path)")
            }
        } catch {
            throw Failure(.final, code: Self.vocabularyCode, message: "\(error)")
        }
    }
}
