package import SluiceCore

/// What vLLM's `/metrics` say of its load, in Prometheus' text format
/// (<https://docs.vllm.ai/en/latest/usage/metrics.html>, <https://prometheus.io/docs/instrumenting/exposition_formats/>).
///
/// Engines of one model add up; of their caches the fullest counts.
package struct ServerMetrics: Sendable, Equatable {
    /// The load of one model.
    package struct Load: Sendable, Equatable {
        /// Requests that are worked at.
        package var running = 0.0
        /// Requests that wait for room.
        package var waiting = 0.0
        /// The share of the key-value cache that is in use, 0 to 1; nil if that is not said.
        package var cacheUse: Double?
    }

    private static let gauges = [
        "vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc",
        "vllm:gpu_cache_usage_perc",
    ]

    private var loads: [String: Load] = [:]

    /// Reads the metrics; nil if there are none of vLLM's gauges among them.
    package init?(_ text: Bytes) {
        var seen = Set<Int>()
        for line in text.text.split(whereSeparator: \.isNewline) {
            guard let place = Self.gauges.firstIndex(where: { line.hasPrefix($0) }) else { continue }
            var rest = line.dropFirst(Self.gauges[place].count)
            var model = ""
            if rest.first == "{" {
                guard let end = rest.lastIndex(of: "}") else { continue }
                model = Self.label("model_name", in: rest[rest.index(after: rest.startIndex)..<end]) ?? ""
                rest = rest[rest.index(after: end)...]
            }
            guard rest.first == " ", let word = rest.split(separator: " ").first, let value = Double(word),
                value.isFinite, value >= 0
            else { continue }
            seen.insert(place)
            var load = loads[model] ?? Load()
            switch place {
            case 0: load.running += value
            case 1: load.waiting += value
            default: load.cacheUse = max(load.cacheUse ?? 0, value)
            }
            loads[model] = load
        }
        guard seen.contains(0), seen.contains(1) else { return nil }
    }

    /// The load of a model; that of the only one there is, whatever its name.
    package func load(of model: String) -> Load? {
        loads.count == 1 ? loads.first?.value : loads[model]
    }

    /// The value of a label, `name="value"`, with its escapes undone.
    private static func label(_ name: String, in labels: Substring) -> String? {
        var rest = labels
        while let equals = rest.firstIndex(of: "=") {
            let key = rest[..<equals].drop { $0 == "," || $0 == " " }
            rest = rest[rest.index(after: equals)...]
            guard rest.popFirst() == "\"" else { return nil }
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == "n" ? "\n" : escaped)
            }
            if key == name { return value }
        }
        return nil
    }
}
