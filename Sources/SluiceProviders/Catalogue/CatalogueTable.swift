import SluiceCore

/// The text of a catalogue with the places of its lines; a line is read when its model is asked for.
struct CatalogueTable: Sendable {
    /// What the first line says of where the text is from.
    let origin: String
    private let text: Bytes
    private let places: [String: Range<Int>]

    /// Reads a text; nil if its first line is none of ours.
    init?(_ text: Bytes) {
        self.text = text
        var places: [String: Range<Int>] = [:]
        var origin: String?
        text.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                if bytes[start] == UInt8(ascii: "#") {
                    origin = origin ?? String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
                } else if let tab = bytes[start..<end].firstIndex(of: 0x09) {
                    places[String(decoding: bytes[start..<tab], as: UTF8.self)] = start..<end
                }
                start = end + 1
            }
        }
        guard let origin, origin.hasPrefix(Self.mark) else { return nil }
        self.origin = String(origin.dropFirst(Self.mark.count))
        self.places = places
    }

    private static let mark = " sluice models 1: "

    func model(_ name: String) -> Model? {
        places[name].flatMap { ModelLine.model(Substring(text[$0].text)) }
    }

    /// All models, by name.
    var models: [Model] { places.keys.sorted().compactMap(model) }

    /// The text of some models.
    static func text(_ models: [Model], origin: String) -> String {
        "#\(mark)\(origin)\n" + models.sorted { $0.name < $1.name }.map { ModelLine.text($0) + "\n" }.joined()
    }
}
