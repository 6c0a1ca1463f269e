import Glibc

/// How long the loops of the tests of concurrency are.
package enum Rounds {
    /// `SLUICE_ROUNDS`, at least 1; `scripts/tsan` sets it high, since a race shows only after many turns.
    package static let factor = max(1, getenv("SLUICE_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 1)

    /// So many turns, times the factor.
    package static func of(_ turns: Int) -> Int { turns * factor }
}
