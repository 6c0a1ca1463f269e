/// When an answer counts as written.
package enum Durability: Sendable, Equatable {
    /// When the disk has it: survives a power cut (`fdatasync`).
    case sync
    /// When the operating system has it: survives a crash of the process (`--durability os`).
    case os
}
