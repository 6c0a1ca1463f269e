/// Numbers of bytes for people.
enum ByteText {
    /// `32 MiB`, `1 KiB`, `1000 bytes`: the largest unit of which it is a whole number.
    static func text(_ count: Int) -> String {
        if count > 0, count % (1 << 30) == 0 { return "\(count >> 30) GiB" }
        if count > 0, count % (1 << 20) == 0 { return "\(count >> 20) MiB" }
        return count > 0 && count % 1024 == 0 ? "\(count >> 10) KiB" : "\(count) bytes"
    }
}
