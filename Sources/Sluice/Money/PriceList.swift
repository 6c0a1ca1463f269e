public import SluiceCore
internal import SluiceTransport

/// A list of prices on a server.
///
/// Nothing but `sluice pricing update --from URL` fetches one.
public struct PriceList: Sendable {
    /// The largest list that is taken, in bytes; LiteLLM's has 3.2 million.
    public static let cap = 32 << 20

    /// What the server sent.
    public let content: Bytes
    /// Where it is from and since when, for people: `litellm.example/prices.json, 2026-11-21`.
    public let origin: String

    /// Fetches a list: certificates are verified, redirects are not followed.
    /// - Parameters:
    ///   - url: An https URL, or one of this machine.
    ///   - authorities: PEM files or folders of the authorities to trust instead of the system's.
    /// - Throws: ``SluiceError`` if there is no reply, or another one than 200.
    public static func fetch(
        _ url: String, authorities: [String] = [], environment: Environment = .live
    ) async throws(SluiceError) -> PriceList {
        let base = try BaseURL(url)
        guard base.isSecure || base.isLoopback else {
            throw SluiceError(
                .configuration, "prices that came in the clear could be anybody's", hint: "use the https url")
        }
        var settings = DirectSettings()
        settings.replyCap = cap
        settings.tls.authorities = authorities
        settings.wall = { environment.now().wall }
        let endpoint = try Endpoint(
            .get, base: base, path: "", headers: [(name: "user-agent", value: "sluice/\(Version.current)")])
        let transport = try await environment.connect(settings)
        let result = await transport.send(Call(endpoint: endpoint, body: Bytes([]), timeout: .seconds(120)))
        await transport.shutdown()
        switch result {
        case .failure(let failure):
            throw SluiceError(.configuration, "\(base): \(failure.message)", hint: failure.hint)
        case .success(let reply):
            guard reply.status == 200 else {
                let target = reply.header("location").map { "it has moved to \($0.prefix(200))" }
                throw SluiceError(
                    .configuration, "\(base) answers \(reply.status)", hint: target ?? "is the url right?")
            }
            let day = environment.now().wall.text.prefix(10)
            return PriceList(content: reply.body, origin: "\(base.authority)\(base.path), \(day)")
        }
    }
}
