/// Waits for what other tasks and processes bring about.
package enum Deadline {
    /// Looks again and again whether a condition holds; false if it does not within the time.
    package static func wait(seconds: Int = 30, until condition: () async throws -> Bool) async rethrows -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await condition() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return try await condition()
    }
}
