import SluiceCore
import Testing

@testable import SluiceProviders

struct ServerMetricsTests {
    private func read(_ text: String) -> ServerMetrics? { ServerMetrics(Bytes(Array(text.utf8))) }

    @Test func `the gauges of a model are found among others`() throws {
        let metrics = try #require(
            read(
                """
                # HELP vllm:num_requests_running Number of requests in model execution batches.
                # TYPE vllm:num_requests_running gauge
                vllm:num_requests_running{engine="0",model_name="qwen3"} 23.0
                vllm:num_requests_waiting{engine="0",model_name="qwen3"} 4.0
                vllm:num_requests_waiting_by_reason{engine="0",model_name="qwen3",reason="capacity"} 99.0
                vllm:kv_cache_usage_perc{engine="0",model_name="qwen3"} 0.87
                vllm:prompt_tokens_total{engine="0",model_name="qwen3"} 1.2e+06
                python_gc_objects_collected_total{generation="0"} 8123.0
                """))
        let load = try #require(metrics.load(of: "another name"))
        #expect(load == .init(running: 23, waiting: 4, cacheUse: 0.87))
    }

    @Test func `engines of a model add up, models stay apart`() throws {
        let metrics = try #require(
            read(
                """
                vllm:num_requests_running{engine="0",model_name="a"} 3
                vllm:num_requests_running{engine="1",model_name="a"} 4
                vllm:num_requests_running{model_name="b \\"x\\", {y}"} 5
                vllm:num_requests_waiting{engine="0",model_name="a"} 0
                vllm:num_requests_waiting{engine="1",model_name="a"} 2
                vllm:gpu_cache_usage_perc{engine="0",model_name="a"} 0.5
                vllm:gpu_cache_usage_perc{engine="1",model_name="a"} 0.75
                """))
        #expect(metrics.load(of: "a") == .init(running: 7, waiting: 2, cacheUse: 0.75))
        #expect(metrics.load(of: #"b "x", {y}"#) == .init(running: 5, waiting: 0, cacheUse: nil))
        #expect(metrics.load(of: "c") == nil)
    }

    @Test(arguments: [
        "", "<html>not found</html>", "sglang:num_running_reqs 3\n", "vllm:num_requests_running 1\n",
        "vllm:num_requests_running NaN\nvllm:num_requests_waiting 1\n",
        "vllm:num_requests_running{model_name=\"a\" 1\nvllm:num_requests_waiting 1\n",
        "vllm:num_requests_running -1\nvllm:num_requests_waiting 1\n",
    ])
    func `what is no such text says nothing`(text: String) {
        #expect(read(text) == nil)
    }
}
