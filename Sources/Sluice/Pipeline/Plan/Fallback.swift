/// A model that steps in where the one before it cannot answer, and those that step in for it.
final class Fallback: Sendable {
    let model: String
    /// Its place among all of a run, from 1, by which admission knows it and those behind it.
    let number: Int
    let next: Fallback?

    init(_ model: String, number: Int, next: Fallback?) {
        self.model = model
        self.number = number
        self.next = next
    }

    /// The first of it and those behind it that is another model.
    func other(than model: String) -> Fallback? { self.model == model ? next?.other(than: model) : self }

    /// Its model and those behind it.
    var models: [String] { [model] + (next?.models ?? []) }
}
