internal import SluiceCore
internal import SluiceStorage

/// A row with its plan, as the reading thread hands it over.
///
/// A class, so that one reference goes from there to the slot.
final class Planned: FeedProduct {
    private enum Stage: Sendable {
        case planned(Result<Plan, SluiceError>)
        /// It is planned when its turn comes.
        case waits(FeedItem)
    }

    private static let longest = 1 << 20
    private let stage: Stage
    /// The length of the row in bytes; nil for a line that cannot be one.
    let length: Int?
    let weight: Int

    init(_ item: FeedItem, by planning: PlanStage) {
        if case .record(let record) = item { length = record.bytes.count } else { length = nil }
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

    /// What is to be done with it.
    /// - Throws: ``SluiceError`` if the run cannot go on at it.
    func plan(by planning: PlanStage) throws(SluiceError) -> Plan {
        switch stage {
        case .planned(let plan): try plan.get()
        case .waits(let item): try planning.plan(item)
        }
    }

    private static func plan(_ item: FeedItem, _ planning: PlanStage) -> Result<Plan, SluiceError> {
        do throws(SluiceError) {
            return .success(try planning.plan(item))
        } catch {
            return .failure(error)
        }
    }
}
