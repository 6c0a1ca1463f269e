internal import SluiceCore

/// An error as people see it: one lower-case line, then what to do.
enum ErrorText {
    static func print(_ error: SluiceError) {
        Terminal.say("error: \(error)")
    }
}
