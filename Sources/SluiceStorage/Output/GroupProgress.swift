/// How far a group of lines has come, should it fail on the way.
struct GroupProgress {
    /// The bytes of the answers that are in the file, up to the end of a line.
    var output = 0
    /// The bytes of the failures that are in their file, up to the end of a line.
    var errors = 0
    /// Whether all of the group is written, so that what failed is the sync or the file itself.
    var isWritten = false
}
