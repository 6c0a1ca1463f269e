/// Where prices are from, for people, with their age once that matters.
enum PricesText {
    /// Prices change every few weeks; before that nobody needs to be told.
    private static let fresh = 30

    static func line(_ origin: String, age: Int?) -> String {
        guard let age, age > fresh else { return origin }
        return "\(origin), \(age) days old; sluice pricing update takes newer ones"
    }
}
