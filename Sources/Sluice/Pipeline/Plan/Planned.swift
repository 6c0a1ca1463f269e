internal import SluiceCore
internal import SluiceStorage

/// A row with its plan, as the reading thread hands it over.
///
/// A class, so that one reference goes from there to the slot.
final class Planned: FeedProduct {
    /// What a look ahead into the cache has found.
    enum Found: Sendable {
        case unknown
        /// There is nothing stored for it.
        case nothing
        case answer(SharedAnswer)
    }

    /// Indirect, so that what a look ahead adds copies one reference.
    private indirect enum Stage: Sendable {
        case planned(Result<Plan, SluiceError>)
        /// It is planned when its turn comes.
        case waits(FeedItem)
    }

    private static let longest = 1 << 20
    private let stage: Stage
    /// The length of the row in bytes; nil for a line that cannot be one.
    let length: Int?
    let weight: Int
    let found: Found

    init(_ item: FeedItem, by planning: PlanStage) {
        if case .record(let record) = item { length = record.bytes.count } else { length = nil }
        found = .unknown
        // A large row is planned once there is memory for it.
        guard planning.goesAhead, length ?? 0 <= Self.longest else {
            stage = .waits(item)
            weight = item.weight
            return
        }
        let plan = Self.plan(item, planning)
        stage = .planned(plan)
        // Beside the row are the places of its members.
        if case .success(.send(_, let order)) = plan {
            weight = 2 * item.weight + order.body.count
        } else {
            weight = item.weight
        }
    }

    private init(_ row: Planned, _ found: Found) {
        stage = row.stage
        length = row.length
        self.found = found
        if case .answer(let given) = found {
            weight = row.weight + given.answer.response.count
        } else {
            weight = row.weight
        }
    }

    /// The row with what a look ahead has found.
    func with(_ found: Found) -> Planned { Planned(self, found) }

    /// What is to be done with it.
    /// - Throws: ``SluiceError`` if the run cannot go on at it.
    func plan(by planning: PlanStage) throws(SluiceError) -> Plan {
        switch stage {
        case .planned(let plan): try plan.get()
        case .waits(let item): try planning.plan(item)
        }
    }

    /// The request, if there is one already.
    var order: Plan.Order? {
        guard case .planned(.success(.send(_, let order))) = stage else { return nil }
        return order
    }

    private static func plan(_ item: FeedItem, _ planning: PlanStage) -> Result<Plan, SluiceError> {
        do throws(SluiceError) {
            return .success(try planning.plan(item))
        } catch {
            return .failure(error)
        }
    }
}
