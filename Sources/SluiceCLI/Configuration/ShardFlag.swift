internal import ArgumentParser

/// The value of `--shard`: `i/n`, or `auto`, where the scheduler of a cluster says which part this process is.
struct ShardFlag {
    /// Which part, from 0.
    let index: Int
    /// How many parts there are.
    let count: Int

    init(_ text: String) throws { try self.init(text) { ProcessEnvironment[$0] } }

    /// - Parameter variable: Reads the environment.
    init(_ text: String, variable: (String) -> String?) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.first == "auto", parts.count <= 2 {
            let named = try parts.count == 2 ? Self.count(parts[1], text) : nil
            (index, count) = try Self.scheduled(named, variable)
        } else {
            guard parts.count == 2, let index = Int(parts[0]) else { throw Self.error(text) }
            self.index = index
            count = try Self.count(parts[1], text)
        }
        guard (0..<count).contains(index) else {
            throw ValidationError("there is no part \(index) of \(count): parts count from 0 to \(count - 1)")
        }
    }

    private static func count(_ text: String, _ whole: String) throws -> Int {
        guard let count = Int(text), count >= 1 else { throw error(whole) }
        return count
    }

    /// Slurm's arrays start anywhere and may have steps
    /// (<https://slurm.schedmd.com/job_array.html>); Kubernetes counts from 0 and does not say how many there are
    /// (<https://kubernetes.io/docs/tasks/job/indexed-parallel-processing-static/>).
    private static func scheduled(_ count: Int?, _ variable: (String) -> String?) throws -> (Int, Int) {
        func number(_ name: String) -> Int? { variable(name).flatMap { Int($0) } }
        if let id = number("SLURM_ARRAY_TASK_ID") {
            let first = number("SLURM_ARRAY_TASK_MIN") ?? 0
            let step = max(1, number("SLURM_ARRAY_TASK_STEP") ?? 1)
            guard let count = count ?? number("SLURM_ARRAY_TASK_COUNT") else {
                throw ValidationError("how many parts there are is not known: --shard auto/N")
            }
            return ((id - first) / step, count)
        }
        if let index = number("JOB_COMPLETION_INDEX") {
            guard let count else {
                throw ValidationError("Kubernetes does not say how many parts there are: --shard auto/N")
            }
            return (index, count)
        }
        throw ValidationError("--shard auto needs SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX in the environment")
    }

    private static func error(_ text: String) -> ValidationError {
        ValidationError("'\(text)' is not a part like 0/4, auto/4 or auto")
    }
}
