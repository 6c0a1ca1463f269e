package import SluiceCore

/// What the writer says while it waits for room on the disk.
package enum DiskEvent: Sendable, Equatable {
    /// There is no room: stop admitting; the answers in hand are kept and writing is tried again.
    case full(SluiceError)
    /// There is room again: go on.
    case room
}
