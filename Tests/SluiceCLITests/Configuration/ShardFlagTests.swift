import SluiceCLI
import SluiceTestSupport
import Testing

@Suite struct ShardFlagTests {
    /// What a run of the first part says; the flag itself is inside.
    private func outcome(_ shard: String, _ variables: [String: String] = [:]) async throws -> ChildProcess.Outcome {
        var shell = try Shell(rows: 3)
        shell.environment = variables
        return try await shell.run(
            "run", "in.jsonl", "-m", "m", "--base-url", "http://127.0.0.1:1/v1", "--dry-run", "--json", "--shard", shard
        )
    }

    @Test(arguments: ["4/4", "-1/4", "1", "a/b", "1/0", "1/2/3", "auto"])
    func `what is no part is refused`(text: String) async throws {
        #expect(try await outcome(text).code == 64)
    }

    @Test func `clusters say which part a process is`() async throws {
        let slurm = [
            "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "2",
            "SLURM_ARRAY_TASK_COUNT": "4",
        ]
        #expect(try await outcome("auto", slurm).errors.contains("part") == false)
        #expect(try await outcome("auto/3", slurm).errors.contains("there is no part 3 of 3"))
        #expect(try await outcome("auto", ["JOB_COMPLETION_INDEX": "1"]).errors.contains("--shard auto/N"))
        #expect(try await outcome("auto/1", ["JOB_COMPLETION_INDEX": "1"]).errors.contains("there is no part 1 of 1"))
    }
}
