/// Tells one input from another: its size and its SHA-256.
package struct InputFingerprint: Sendable, Equatable {
    /// The size in bytes, as it stands on the disk.
    package let bytes: Int
    /// The SHA-256 of these bytes, 64 hexadecimal digits.
    package let sha256: String
}
