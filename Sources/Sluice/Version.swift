/// The version of Sluice.
public enum Version {
    /// Semantic versioning; `0.x` until the formats are frozen.
    public static let current = "0.1.0"
}
