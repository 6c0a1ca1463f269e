/// The memory that replies share where they turn out larger than their calls expected.
package protocol ReplyMemory: Sendable {
    /// Takes memory for so many more bytes of a reply.
    /// - Parameters:
    ///   - isFirst: Whether nothing has been taken for this reply yet.
    ///   - later: Called once from any thread, when what was refused has been taken.
    /// - Returns: false if there is none now.
    func take(_ bytes: Int, isFirst: Bool, later: @escaping @Sendable () -> Void) -> Bool

    /// Gives back all that was taken for one reply; only for one for which something was, and which does not wait.
    func giveBack(_ bytes: Int)
}
