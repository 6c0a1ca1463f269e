import Sluice
import SluiceCore
import SluiceTestSupport

/// The request that a row would become, byte for byte, without sending it.
enum Body {
    static func of(_ row: String, _ change: (inout Asking) -> Void = { _ in }) throws -> String {
        try dryRun(row, change).body.text
    }

    static func dryRun(_ row: String, _ change: (inout Asking) -> Void = { _ in }) throws -> DryRun {
        var job = try Job([row], at: "http://127.0.0.1:1/v1")
        change(&job.options.asking)
        return try DryRun(job.options)
    }
}
