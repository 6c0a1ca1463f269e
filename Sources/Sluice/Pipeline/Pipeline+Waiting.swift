internal import SluiceCore
internal import SluiceScheduling

extension Pipeline {
    /// What the run waits for at this moment; nil only before the first row and after the last.
    func waiting() -> Waiting? {
        if disk.isClosed { return Waiting("room on the disk") }
        if let wait = admit.waiting() { return Waiting(wait) }
        let inFlight = admit.snapshot().inFlight
        if read.isShortOfMemory { return Waiting("memory for more rows (--max-memory)") }
        if inFlight >= settings.slots { return Waiting("answers, with all slots in use (-c \(settings.slots))") }
        if read.isEnded { return inFlight > 0 ? Waiting("the last answers") : nil }
        return Waiting("rows of the input")
    }
}
