/// Cuts text into the pieces that are merged on their own: one split pattern, written out by hand.
protocol PieceScanner {
    /// Where the piece ends that starts at an offset inside the text; always behind the offset.
    static func pieceEnd(_ text: PieceText, from start: Int) -> Int
}
