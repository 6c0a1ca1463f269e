internal import Sluice

/// What happens in a run as a line.
enum EventText {
    static func line(_ event: RunEvent) -> String {
        event.isError ? "error: \(event.message)" : event.message
    }
}
