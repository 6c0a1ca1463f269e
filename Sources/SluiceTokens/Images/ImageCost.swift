internal import SluiceCore

/// The tokens of an image in a prompt, as the providers document it.
///
/// The size comes from the data in a `data:` URL; nothing is ever fetched. Of an image elsewhere, or one that cannot be
/// read, the largest cost is taken.
struct ImageCost: Sendable, Equatable {
    /// A provider's way to count.
    enum Way: Sendable, Equatable {
        /// A sum for the image and one for each tile of 512 pixels, after fitting it into 2048 and its short side into
        /// 768 (platform.openai.com/docs/guides/images-vision).
        case tiles(base: Int, tile: Int)
        /// Patches of 32 pixels, at most so many, times a factor (same guide).
        case patches(limit: Int, factor: Double)
        /// Patches of 28 pixels after fitting into the edge and the limit (docs.anthropic.com, vision).
        case claude(edge: Int, limit: Int)
        /// 258 for a small image or each tile of 768 pixels (ai.google.dev/gemini-api/docs/tokens).
        case gemini
    }

    let way: Way

    /// The way for a model, by its name; models that are not known are counted like GPT-4o.
    init(model: String) {
        let model = model.lowercased()
        let table: [(String, Way)] = [
            ("gpt-4o-mini", .tiles(base: 2833, tile: 5667)), ("gpt-4.1-mini", .patches(limit: 1536, factor: 1.62)),
            ("gpt-4.1-nano", .patches(limit: 1536, factor: 2.46)), ("o4-mini", .patches(limit: 1536, factor: 1.72)),
            ("gpt-5-mini", .patches(limit: 1536, factor: 1.62)), ("gpt-5-nano", .patches(limit: 1536, factor: 2.46)),
            ("gpt-5.2", .patches(limit: 2500, factor: 1.2)), ("gpt-5.4", .patches(limit: 2500, factor: 1.2)),
            ("gpt-5.5", .patches(limit: 2500, factor: 1.2)), ("gpt-5", .tiles(base: 70, tile: 140)),
            ("o1", .tiles(base: 75, tile: 150)), ("o3", .tiles(base: 75, tile: 150)), ("gemini", .gemini),
            ("claude-opus-4-7", .claude(edge: 2576, limit: 4784)), ("claude", .claude(edge: 1568, limit: 1568)),
        ]
        let name = model[(model.lastIndex(of: "/").map(model.index(after:)) ?? model.startIndex)...]
        way = table.first { name.hasPrefix($0.0) }?.1 ?? .tiles(base: 85, tile: 170)
    }

    /// The tokens of an image.
    /// - Parameters:
    ///   - url: The JSON string with its URL.
    ///   - detail: `low`, `high`, `auto` or `original`.
    func tokens(url: Bytes?, detail: String) -> Int {
        tokens(url.flatMap { DataURL.head($0) }.flatMap { ImageSize($0) }, detail: detail)
    }

    /// The tokens of an image of a size, or the most that one can have.
    func tokens(_ size: ImageSize?, detail: String) -> Int {
        switch way {
        case .tiles(let base, let tile):
            if detail == "low" { return base }
            // 2048 by 768 is what fits at most: four tiles by two.
            guard let size else { return base + 8 * tile }
            let (width, height) = (Double(size.width), Double(size.height))
            let scale = min(1, 2048 / max(width, height), 768 / min(width, height))
            return base + tile * Self.cover(width * scale, height * scale, by: 512)
        case .patches(let limit, let factor):
            guard let size else { return Int((Double(limit) * factor).rounded(.up)) }
            return Int((Double(Self.patches(size, limit: limit)) * factor).rounded(.up))
        case .claude(let edge, let limit):
            guard let size else { return limit }
            let (width, height) = (Double(size.width), Double(size.height))
            var scale = min(1, Double(edge) / max(width, height))
            while Self.cover(width * scale, height * scale, by: 28, rounding: .up) > limit { scale *= 0.995 }
            return Self.cover(width * scale, height * scale, by: 28, rounding: .up)
        case .gemini:
            guard let size, size.width > 384 || size.height > 384 else { return 258 }
            return 258 * Self.cover(Double(size.width), Double(size.height), by: 768)
        }
    }

    /// How many patches of 32 pixels cover an image that is shrunk until no more than `limit` do.
    ///
    /// The guide shrinks to the limit's area, then once more so that one side is a whole number of patches.
    private static func patches(_ size: ImageSize, limit: Int) -> Int {
        let (width, height) = (Double(size.width), Double(size.height))
        let patches = cover(width, height, by: 32)
        guard patches > limit else { return patches }
        let shrink = (32 * 32 * Double(limit) / (width * height)).squareRoot()
        let (across, down) = (width * shrink / 32, height * shrink / 32)
        let whole = min(across.rounded(.down) / across, down.rounded(.down) / down)
        return min(limit, cover(width * shrink * whole, height * shrink * whole, by: 32))
    }

    /// How many squares with that side cover a rectangle whose sides are made whole numbers first.
    private static func cover(
        _ width: Double, _ height: Double, by side: Int, rounding: FloatingPointRoundingRule = .down
    ) -> Int {
        // A hair is taken off, so that a side that is whole but for the last bit is not made one larger.
        func count(_ length: Double) -> Int {
            (max(1, Int((length + (rounding == .up ? -1e-6 : 1e-6)).rounded(rounding))) + side - 1) / side
        }
        return count(width) * count(height)
    }
}
