extension Reply {
    /// The load of an engine as vLLM tells it, in Prometheus' text format.
    init(metrics load: (running: Int, waiting: Int, cacheUse: Double), model: String) {
        let gauges: [(String, String, String)] = [
            ("vllm:num_requests_running", "Number of requests in model execution batches.", "\(Double(load.running))"),
            ("vllm:num_requests_waiting", "Number of requests waiting to be processed.", "\(Double(load.waiting))"),
            ("vllm:kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", "\(load.cacheUse)"),
        ]
        let text = gauges.map { name, help, value in
            "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name){engine=\"0\",model_name=\"\(model)\"} \(value)\n"
        }
        self.init(status: 200, body: Array(text.joined().utf8))
        contentType = "text/plain; version=0.0.4; charset=utf-8"
    }
}
