/// What to do about rows that failed before.
package enum FailedRows: String, Sendable {
    /// They are asked again, as all rows without an answer are.
    case retry
    /// Only they are asked.
    case only
    /// They are not asked.
    case skip
}
