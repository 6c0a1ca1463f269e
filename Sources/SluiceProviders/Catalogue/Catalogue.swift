internal import CCatalogue
public import SluiceCore

/// Models with their context windows and prices: those that Sluice was built with, newer ones over them, and what the
/// user says himself over all.
public struct Catalogue: Sendable {
    /// What Sluice was built with: LiteLLM's list, as its first line says.
    public static let builtIn = Catalogue(CatalogueTable(embedded).map { [$0] } ?? [])

    private var tables: [CatalogueTable]
    private var own: [String: Model] = [:]

    private init(_ tables: [CatalogueTable]) {
        self.tables = tables
    }

    /// Where the newest table is from, with its date.
    public var origin: String { tables.first?.origin ?? "" }

    /// How many days ago the newest table was made, by the date in its ``origin``; nil if there is none in it.
    public func age(at now: WallTime) -> Int? {
        let words = origin.split { !$0.isNumber && $0 != "-" }
        guard let date = words.last(where: { $0.count == 10 }), let day = RFC3339.parse("\(date)T00:00:00Z") else {
            return nil
        }
        return max(0, Int((now.nanoseconds - day.nanoseconds) / 86_400_000_000_000))
    }

    /// Lays a newer table over what there is.
    /// - Throws: ``SluiceError`` if the text is none of ``text(_:origin:)``'s.
    public mutating func add(_ text: Bytes, from path: String) throws(SluiceError) {
        guard let table = CatalogueTable(text) else {
            throw SluiceError(
                .configuration, "not a list of models that this version can read",
                hint: "remove it, or make it anew with 'sluice pricing update'", file: path)
        }
        tables.insert(table, at: 0)
    }

    /// Puts a model of the user's own over all others.
    public mutating func set(_ model: Model) { own[model.name] = model }

    /// A model that the user has put over all others, by just this name.
    package func userModel(_ name: String) -> Model? { own[name] }

    /// A model by the name that a user, a row or a reply gives it.
    ///
    /// Tried in this order: the name at this provider, the name itself, both without a date or `-latest` at the end,
    /// the name without the vendor's in front (`openai/gpt-4o`), with and without its date.
    public func model(_ name: String, at provider: String? = nil) -> Model? {
        let candidates = Self.candidates(name, provider)
        for candidate in candidates {
            if let model = own[candidate] { return model }
        }
        for table in tables {
            for candidate in candidates {
                if let model = table.model(candidate) { return model }
            }
        }
        return nil
    }

    /// The models whose name or provider has all these words in it, by name; the user's own first.
    public func models(matching filter: String = "") -> [Model] {
        let words = filter.lowercased().split(separator: " ")
        var seen = Set<String>()
        let all = own.values.sorted { $0.name < $1.name } + tables.flatMap(\.models)
        return all.filter { model in
            let text = "\(model.name) \(model.provider)".lowercased()
            return seen.insert(model.name).inserted && words.allSatisfy { text.contains($0) }
        }
    }

    /// The text that ``add(_:from:)`` reads.
    public static func text(_ models: [Model], origin: String) -> String {
        CatalogueTable.text(models, origin: origin)
    }

    private static func candidates(_ name: String, _ provider: String?) -> [String] {
        var names = [name]
        if let plain = withoutDate(name) { names.append(plain) }
        if let slash = name.firstIndex(of: "/") {
            let bare = String(name[name.index(after: slash)...])
            names.append(bare)
            if let plain = withoutDate(bare) { names.append(plain) }
        }
        guard let provider else { return names }
        return names.flatMap { ["\(provider)/\($0)", $0] }
    }

    /// The name without `-2024-07-18`, `-20240718`, `@20240718` or `-latest` at its end; nil if it has none of them.
    private static func withoutDate(_ name: String) -> String? {
        if name.hasSuffix("-latest") { return String(name.dropLast(7)) }
        for (length, pattern) in [(11, "-0000-00-00"), (9, "-00000000"), (9, "@00000000")] {
            let end = name.suffix(length)
            let isDate =
                end.count == length
                && zip(end, pattern).allSatisfy { $1 == "0" ? $0.isASCII && $0.isNumber : $0 == $1 }
            if isDate, name.count > length { return String(name.dropLast(length)) }
        }
        return nil
    }

    private static var embedded: Bytes {
        Bytes(Array(UnsafeBufferPointer(start: sluice_catalogue(), count: sluice_catalogue_count())))
    }
}
