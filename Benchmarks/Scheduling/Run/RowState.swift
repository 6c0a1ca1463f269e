/// Where a row is; every row goes from `idle` to exactly one end.
enum RowStage: UInt8 {
    case idle, waiting, inFlight, answered, failed, refused

    /// Whether nothing follows.
    var isEnd: Bool { self == .answered || self == .failed || self == .refused }
}

/// A row of an experiment.
struct RowState {
    let row: Mix.Row
    var stage = RowStage.idle
    var attempts: UInt8 = 0
    var isRetry = false
    /// When it asked last, or when its back-off ended, in nanoseconds.
    var asked: Int64 = 0
    /// When it must have gone by if nobody starves; seconds from then.
    var patience = Float.infinity
}
