import SluiceCore
import SluiceProviders
import Testing

@Suite struct ErrorClassifierTests {
    private static let bad = "invalid_request_error"

    @Test(arguments: [
        ErrorCase(400, bad, "context_length_exceeded", "This model's maximum context length is 8192 tokens.", .final),
        ErrorCase(400, bad, "unsupported_parameter", "'max_tokens' is not supported with this model.", .final),
        ErrorCase(400, bad, "unsupported_value", "'temperature' does not support 0.2 with this model.", .final),
        ErrorCase(400, bad, "invalid_value", "Invalid value: 'model does not exist'.", .final),
        ErrorCase(400, bad, "missing_required_parameter", "Missing required parameter: 'messages'.", .final),
        ErrorCase(400, bad, "invalid_type", "Invalid type for 'n'.", .final),
        ErrorCase(400, bad, "string_above_max_length", "string too long", .final),
        ErrorCase(400, bad, "invalid_image_url", "the image was not found by the model", .final),
        ErrorCase(400, bad, "content_policy_violation", "rejected by the safety system", .final),
        ErrorCase(400, bad, "invalid_prompt", "Invalid prompt", .final),
        ErrorCase(400, bad, nil, "We could not parse the JSON body of your request.", .final),
        ErrorCase(
            400,
            #"{"error":{"message":"tier flex","type":"invalid_request_error","param":"service_tier","code":null}}"#,
            .fatalRoute, code: bad),
        ErrorCase(400, bad, "model_not_found", "no such model", .fatalRoute, concernsModel: true),
        ErrorCase(400, bad, nil, "Model Not Exist", .fatalRoute, concernsModel: true),
        ErrorCase(400, bad, "billing_hard_limit_reached", "Billing hard limit has been reached", .retireKey),
        ErrorCase(400, "", .final), ErrorCase(400, "<html><h1>Bad Request</h1></html>", .final),
        ErrorCase(413, bad, nil, "Request too large", .final), ErrorCase(413, "<html>413</html>", .final),
        ErrorCase(415, bad, nil, "Unsupported media type", .final),
        ErrorCase(422, bad, nil, "Unprocessable", .final),
        ErrorCase(422, #"{"detail":[{"loc":["body","messages"],"msg":"field required"}]}"#, .final),
        ErrorCase(422, #"{"detail":"There was an error parsing the body"}"#, .final),
        ErrorCase(418, "", .final),
    ])
    func `a request that is bad fails its row`(reply: ErrorCase) { reply.check() }

    @Test(arguments: [
        ErrorCase(401, bad, "invalid_api_key", "Incorrect API key provided: sk-1.", .retireKey),
        ErrorCase(401, bad, nil, "Invalid Authentication", .retireKey),
        ErrorCase(401, bad, nil, "You must be a member of an organization to use the API", .retireKey),
        ErrorCase(401, bad, "account_deactivated", "The account was deactivated.", .retireKey),
        ErrorCase(401, "", .retireKey), ErrorCase(401, #"{"detail":"Not authenticated"}"#, .retireKey),
        ErrorCase(401, bad, "ip_not_authorized", "Your IP address is not on the allow-list.", .fatalRoute),
        ErrorCase(401, bad, nil, "IP not authorized", .fatalRoute),
        ErrorCase(402, "unknown_error", "invalid_request_error", "Insufficient Balance", .retireKey),
        ErrorCase(402, "", .retireKey),
        ErrorCase(402, "", .retry, wait: 3, headers: ["retry-after": "3"]),
        ErrorCase(
            402, #"{"error":{"code":402,"message":"busy","metadata":{"error_type":"in_flight_budget_exhausted"}}}"#,
            .retry, code: "402"),
        ErrorCase(
            402, #"{"error":{"code":402,"message":"big","metadata":{"error_type":"weight_exceeds_budget"}}}"#, .final,
            code: "402"),
        ErrorCase(
            403, "request_forbidden", "unsupported_country_region_territory",
            "Country, region, or territory not supported", .fatalRoute),
        ErrorCase(403, bad, "model_not_found", "Project does not have it.", .fatalRoute, concernsModel: true),
        ErrorCase(403, bad, nil, "The model `m` does not exist.", .fatalRoute, concernsModel: true),
        ErrorCase(403, bad, nil, "Your input was flagged", .final),
        ErrorCase(
            403, #"{"error":{"code":403,"message":"Requires moderation on OpenAI.","metadata":{}}}"#, .final,
            code: "403"),
        ErrorCase(403, bad, nil, "Insufficient balance", .retireKey),
        ErrorCase(403, "<html>Forbidden</html>", .retireKey),
    ])
    func `a key, an account or a country that is refused`(reply: ErrorCase) { reply.check() }

    @Test(arguments: [
        ErrorCase(404, bad, "model_not_found", "The model `m` does not exist", .fatalRoute, concernsModel: true),
        ErrorCase(
            404, #"{"object":"error","message":"The model `m` does not exist.","type":"NotFoundError","code":404}"#,
            .fatalRoute, code: "404", concernsModel: true),
        ErrorCase(404, #"{"error":"model 'llama9' not found"}"#, .fatalRoute, concernsModel: true),
        ErrorCase(404, bad, "DeploymentNotFound", "The API deployment is missing.", .fatalRoute, concernsModel: true),
        ErrorCase(404, bad, "thread_not_found", "No thread with this id", .final),
        ErrorCase(404, bad, "unknown_url", "Unknown request URL: POST /chat/completions", .fatalRoute),
        ErrorCase(404, #"{"detail":"Not Found"}"#, .fatalRoute), ErrorCase(404, "404 page not found", .fatalRoute),
        ErrorCase(404, "", .fatalRoute), ErrorCase(404, "<html>nginx</html>", .fatalRoute),
        ErrorCase(405, #"{"detail":"Method Not Allowed"}"#, .fatalRoute),
        ErrorCase(405, bad, "method_not_supported", "Only POST", .final),
        ErrorCase(301, "", .fatalRoute, code: "redirect", headers: ["location": "https://elsewhere/"]),
        ErrorCase(302, "", .fatalRoute, code: "redirect"),
        ErrorCase(307, #"{"error":{"message":"x"}}"#, .fatalRoute, code: "redirect", headers: ["retry-after": "1"]),
        ErrorCase(308, "", .fatalRoute, code: "redirect"),
    ])
    func `a wrong address or model stops the route`(reply: ErrorCase) { reply.check() }

    private static let rate = "Rate limit reached for m in organization o on "

    @Test(arguments: [
        ErrorCase(
            429, "requests", "rate_limit_exceeded",
            rate + "requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms.", .retryRoute,
            wait: 0.12),
        ErrorCase(
            429, "tokens", "rate_limit_exceeded",
            rate + "tokens per min (TPM): Limit 30000, Used 29000, Requested 1200. Please try again in 6m0s.",
            .retryRoute, wait: 360),
        ErrorCase(
            429, "tokens", "rate_limit_exceeded",
            rate + "tokens per min (TPM): Limit 1,000,000, Used 999,999, Requested 20,000.", .retryRoute),
        ErrorCase(
            429, "requests", "rate_limit_exceeded",
            rate + "requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.", .parkDay,
            wait: 432),
        ErrorCase(429, "tokens", "rate_limit_exceeded", rate + "tokens per day (TPD): Limit 9, Used 9", .parkDay),
        ErrorCase(
            429, "tokens", "rate_limit_exceeded",
            "Request too large for m on tokens per min (TPM): Limit 30000, Requested 45000.", .final),
        ErrorCase(429, "tokens", "rate_limit_exceeded", rate + "TPM: Limit 30000, Used 0, Requested 45000.", .final),
        ErrorCase(429, "tokens", "rate_limit_exceeded", "Limit reached: Limit 30,000, Requested 45,000", .final),
        ErrorCase(
            429, "rate_limit_error", "slow_down", "Slow down", .retryRoute, wait: 20, headers: ["retry-after": "20"]),
        ErrorCase(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota", .retireKey),
        ErrorCase(429, "insufficient_quota", "credit_balance_exhausted", "No credit", .retireKey),
        ErrorCase(429, "insufficient_quota", "organization_spend_limit_exceeded", "Spent", .retireKey),
        ErrorCase(429, "insufficient_quota", "organization_usage_limit_exceeded", "Spent", .retireKey),
        ErrorCase(429, "insufficient_quota", "project_spend_limit_exceeded", "Spent", .retireKey),
        ErrorCase(429, "insufficient_quota", nil, "Spent", .retireKey),
        ErrorCase(429, "insufficient_quota", "rate_limit_exceeded", "slower", .retryRoute),
        ErrorCase(429, nil, nil, "You exceeded your current quota, please check your plan", .retireKey),
        ErrorCase(429, nil, "1113", "您的账户已欠费，请充值后重试", .retireKey),
        ErrorCase(429, "", .retryRoute), ErrorCase(429, "<html>Too many</html>", .retryRoute),
        ErrorCase(429, #"{"message":"Service tier capacity exceeded"}"#, .retryRoute),
        ErrorCase(
            429, "", .retryRoute, wait: 2.5,
            headers: ["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "2.5s"]),
        ErrorCase(429, "", .retryRoute, headers: ["retry-after": "-1"]),
        ErrorCase(429, "", .retryRoute, wait: 0, headers: ["retry-after": "1700000000"]),
    ])
    func `a limit parks, a spent account retires, an oversized request fails`(reply: ErrorCase) { reply.check() }

    private static func gemini(_ quota: String) -> String {
        #"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","#
            + #""status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":"#
            + #"[{"quotaId":"\#(quota)"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"46s"}]}}]"#
    }

    @Test(arguments: [
        ErrorCase(429, gemini("GenerateRequestsPerMinutePerProjectPerModel"), .retryRoute, code: "429", wait: 46),
        ErrorCase(429, gemini("GenerateRequestsPerDayPerProjectPerModel"), .parkDay, code: "429", wait: 46),
        ErrorCase(
            400,
            #"[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]"#,
            .retireKey, code: "400"),
        ErrorCase(
            400, #"{"error":{"code":400,"message":"User location is not supported","status":"FAILED_PRECONDITION"}}"#,
            .fatalRoute, code: "400"),
    ])
    func `Gemini says "exceeded your current quota" whatever limit is meant`(reply: ErrorCase) { reply.check() }

    @Test(arguments: [408, 409, 425, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529])
    func `trouble of the server is tried again, unless the server forbids it`(status: Int) {
        let page = "<html><head><title>\(status)</title></head><body>cloudflare</body></html>"
        for body in ["", page, #"{"error":{"message":"m"}}"#] {
            ErrorCase(status, body, .retry).check()
            ErrorCase(status, body, .retry, headers: ["x-should-retry": "true"]).check()
            ErrorCase(status, body, .final, headers: ["x-should-retry": "false"]).check()
            ErrorCase(status, body, .retry, wait: 7, headers: ["retry-after": "7"]).check()
        }
        ErrorCase(400, "", .retry, headers: ["x-should-retry": "true"]).check()
    }

    @Test(arguments: [
        ErrorCase(503, "service_unavailable_error", "server_is_overloaded", "Slow down", .retry),
        ErrorCase(500, "server_error", nil, "The server had an error", .retry),
        ErrorCase(200, "", .retry), ErrorCase(200, "<html>captive portal</html>", .retry),
        ErrorCase(200, #"{"choices":[{"message""#, .retry), ErrorCase(200, "{}", .retry), ErrorCase(200, "[]", .retry),
        ErrorCase(200, #"{"error":null,"choices":[]}"#, .retry), ErrorCase(204, "", .retry),
        ErrorCase(200, #"{"error":{"code":429,"message":"Provider returned error"}}"#, .retryRoute, code: "429"),
        ErrorCase(200, #"{"error":{"code":502,"message":"Provider returned error"}}"#, .retry, code: "502"),
        ErrorCase(200, #"{"error":{"code":"503","message":"no provider"}}"#, .retry, code: "503"),
        ErrorCase(200, #"{"error":{"code":401,"message":"no auth"}}"#, .retireKey, code: "401"),
        ErrorCase(200, #"{"error":{"code":402,"message":"credits"}}"#, .retireKey, code: "402"),
        ErrorCase(200, #"{"error":{"code":400,"message":"bad"}}"#, .final, code: "400"),
        ErrorCase(
            200, #"{"error":{"code":404,"message":"model m not found"}}"#, .fatalRoute, code: "404", concernsModel: true
        ),
        ErrorCase(
            200, #"{"choices":[{"message":{"content":""},"error":{"code":502,"message":"gone"}}]}"#, .retry, code: "502"
        ),
        ErrorCase(200, "insufficient_quota", nil, "spent", .retireKey),
        ErrorCase(200, "rate_limit_error", nil, "Too many requests", .retryRoute),
        ErrorCase(200, "overloaded_error", nil, "Overloaded", .retry), ErrorCase(200, bad, nil, "no", .final),
        ErrorCase(200, #"{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}"#, .retryRoute, code: "1002"),
        ErrorCase(200, #"{"base_resp":{"status_code":1039,"status_msg":"TPM"}}"#, .retryRoute, code: "1039"),
        ErrorCase(
            200, #"{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#, .retireKey, code: "1008"),
        ErrorCase(200, #"{"base_resp":{"status_code":2049,"status_msg":"invalid api key"}}"#, .retireKey, code: "2049"),
        ErrorCase(200, #"{"base_resp":{"status_code":1013,"status_msg":"boom"}}"#, .retry, code: "1013"),
        ErrorCase(200, #"{"base_resp":{"status_code":2013,"status_msg":"invalid params"}}"#, .final, code: "2013"),
        ErrorCase(200, #"{"base_resp":{"status_code":0,"status_msg":""}}"#, .retry),
        ErrorCase(
            200, #"{"error_code":18,"error_msg":"Open api qps request limit reached"}"#, .retryRoute, code: "18"),
    ])
    func `an error inside 200 is read from the body`(reply: ErrorCase) { reply.check() }

    @Test(arguments: [
        (#"{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}"#, "too long"),
        (#"{"error":"text"}"#, "text"), (#"{"detail":"why"}"#, "why"), (#"{"message":"plain"}"#, "plain"),
        (#"{"detail":[{"msg":"m"}]}"#, #"[{"msg":"m"}]"#), (#"{"error":{"type":"t"}}"#, #"{"error":{"type":"t"}}"#),
        ("<html><b>Bad</b>\n <i>Gateway</i></html>", "http 400: Bad Gateway"),
        ("", "http 400: an empty body"), ("{}", "http 400: {}"),
        ("{\"error\":{\"message\":\"a\\n\\tb \\u001b[31m\\u0000c\"}}", "a b [31m c"),
    ])
    func `the message is one line for people, whatever shape the error has`(body: String, message: String) {
        let verdict = ErrorClassifier.classify(
            status: 400, header: { _ in nil }, body: Bytes(body), from: nil, now: WallTime(nanoseconds: 0))
        #expect(verdict.message == message)
    }

    @Test func `a long message is cut, behind what is shown of it, so that a key at the end of that is whole`() {
        let verdict = ErrorClassifier.classify(
            status: 500, header: { _ in nil }, body: Bytes(#"{"error":"\#(String(repeating: "a ", count: 50_000))"}"#),
            from: nil, now: WallTime(nanoseconds: 0))
        #expect(verdict.message.count == 4000)
    }

    @Test(arguments: [
        ErrorCase(600, "", .retry), ErrorCase(999, "<html>denied</html>", .retry), ErrorCase(200, "", .retry),
        ErrorCase(
            200, #"{"choices":[{"message":{"content":"partial"}}],"error":{"code":502,"message":"upstream broke"}}"#,
            .retry, code: "502"),
        ErrorCase(200, #"{"choices":[{"message":{"content":""},"finish_reason":"error"}]}"#, .retry),
        ErrorCase(400, "\u{FEFF}" + #"{"error":{"message":"no","code":"bad"}}"#, .final, code: "bad"),
        ErrorCase(
            400, #"{"error":{"message":"m","code":"\u001b[31mred\n\nfake: line"}}"#, .final, code: "[31mred fake: line"),
        ErrorCase(400, #"{"error":{"message":"m","type":"a\u0007\r\nb"}}"#, .final, code: "a b"),
    ])
    func `replies out of the ordinary`(reply: ErrorCase) { reply.check() }

    @Test(arguments: [
        ("", "http 200: an empty body"), ("{}", "http 200: {}"),
        (#"{"id":"job-1","status":"queued"}"#, #"http 200: {"id":"job-1","status":"queued"}"#),
    ])
    func `a reply that is neither an answer nor an error is shown`(body: String, message: String) {
        let verdict = ErrorClassifier.classify(
            status: 200, header: { _ in nil }, body: Bytes(body), from: nil, now: WallTime(nanoseconds: 0))
        #expect(verdict.message == message)
    }
}
