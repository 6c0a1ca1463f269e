extension Refusal {
    static func missing(_ name: String) -> Refusal {
        Refusal(400, "Missing required parameter: '\(name)'.", param: name, code: "missing_required_parameter")
    }

    static func invalidType(_ name: String, _ expected: String) -> Refusal {
        Refusal(400, "Invalid type for '\(name)': expected \(expected).", param: name, code: "invalid_type")
    }

    static func noModel(_ name: String) -> Refusal {
        Refusal(
            404, "The model '\(name)' does not exist or you do not have access to it.", param: "model",
            code: "model_not_found")
    }

    static func noPath(_ method: String, _ path: Substring) -> Refusal {
        Refusal(404, "Invalid URL (\(method) \(path))", code: "unknown_url")
    }

    static func noMethod(_ method: String, _ path: Substring) -> Refusal {
        Refusal(405, "Not allowed to \(method) on \(path).", code: "method_not_supported")
    }

    static func bodyTooLarge(_ limit: Int) -> Refusal {
        Refusal(413, "The body of your request is larger than \(limit) bytes.", code: "request_too_large")
    }
}
