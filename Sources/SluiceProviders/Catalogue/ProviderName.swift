public import SluiceCore

/// The catalogue's name of the provider behind an address.
public enum ProviderName {
    /// By the end of the host's name.
    private static let hosts: [(String, String)] = [
        ("openai.com", "openai"), ("anthropic.com", "anthropic"), ("openai.azure.com", "azure"),
        ("generativelanguage.googleapis.com", "gemini"), ("deepseek.com", "deepseek"), ("x.ai", "xai"),
        ("mistral.ai", "mistral"), ("aliyuncs.com", "dashscope"), ("groq.com", "groq"), ("together.xyz", "together_ai"),
        ("together.ai", "together_ai"), ("fireworks.ai", "fireworks_ai"), ("deepinfra.com", "deepinfra"),
        ("moonshot.cn", "moonshot"), ("moonshot.ai", "moonshot"), ("bigmodel.cn", "zai"), ("z.ai", "zai"),
        ("volces.com", "volcengine"), ("minimax.io", "minimax"), ("minimaxi.com", "minimax"),
        ("perplexity.ai", "perplexity"), ("cerebras.ai", "cerebras"), ("sambanova.ai", "sambanova"),
        ("novita.ai", "novita"), ("nebius.com", "nebius"), ("hyperbolic.xyz", "hyperbolic"),
        ("xiaomimimo.com", "xiaomi_mimo"), ("openrouter.ai", "openrouter"), ("tencent.com", "tencent"),
        ("baidubce.com", "qianfan"),
    ]

    /// The provider at an address; nil if it is none that is known.
    public static func at(_ base: BaseURL) -> String? {
        let host = base.host.lowercased()
        return hosts.first { host == $0.0 || host.hasSuffix("." + $0.0) }?.1
    }
}
