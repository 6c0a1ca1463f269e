import SluiceCore

/// Tells one start of the machine from another.
enum Boot {
    /// A text that stays the same until the machine is started again; empty where the system has none.
    static let id: String = {
        let bytes = try? StateFile.read("/proc/sys/kernel/random/boot_id")
        return bytes.map { String($0.text.prefix { !$0.isNewline }) } ?? ""
    }()
}
