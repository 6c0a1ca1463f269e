/// The parsers that can be fuzzed; a new one is added here.
enum FuzzEntries {
    static let all: [any FuzzEntry.Type] = [
        JSONEntry.self, WaitEntry.self, DateEntry.self, ErrorEntry.self, AnswerEntry.self, AddressEntry.self,
        ResponseEntry.self, QuantityEntry.self, MomentEntry.self, TableEntry.self, PackedEntry.self,
        FaultScriptEntry.self, CertificateEntry.self,
    ]

    static func named(_ name: String) -> (any FuzzEntry.Type)? { all.first { $0.name == name } }
}
