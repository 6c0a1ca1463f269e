import SluiceCore

/// Reads an input from its start to its end, for those who may block.
enum InputReader {
    private struct Stopped: Error {}

    /// Calls `body` with every row; after each chunk asks `shouldStop` with the bytes of the file read so far.
    /// - Parameter seeing: Gets the bytes of a file as they come from the disk.
    /// - Returns: whether the end was reached.
    static func read(
        _ source: InputSource, lineLimit: Int, seeing: (UnsafeRawBufferPointer) -> Void = { _ in },
        shouldStop: (_ bytes: Int) -> Bool,
        _ body: (Line) throws(SluiceError) -> Void
    ) throws(SluiceError) -> Bool {
        do {
            if case .folder(let path) = source.place {
                var bytes = 0
                try InputFolder(path, shard: source.shard).read(lineLimit: lineLimit) { line in
                    try body(line)
                    bytes += line.count
                    if shouldStop(bytes) { throw Stopped() }
                }
                return true
            }
            var decoder = InputDecoder(source, lineLimit: lineLimit)
            return try readFile(source, &decoder, seeing, shouldStop) { line in try body(line) }
        } catch let error as SluiceError {
            throw error
        } catch let error as SystemError {
            throw error.stopping("read", source.name)
        } catch {
            return false
        }
    }

    /// The columns of a table; nil for anything else, and for an empty file.
    static func header(of source: InputSource) throws(SluiceError) -> TableHeader? {
        guard source.format.isTable, source.isScannable else { return nil }
        var decoder = InputDecoder(source, lineLimit: 64 << 20)
        var sawRow = false
        do {
            _ = try readFile(source, &decoder, { _ in }, { _ in sawRow }) { _ in
                sawRow = true
                throw Stopped()
            }
        } catch let error as SluiceError {
            throw error
        } catch let error as SystemError {
            throw error.stopping("read", source.name)
        } catch {}
        return decoder.header
    }

    private static func readFile(
        _ source: InputSource, _ decoder: inout InputDecoder, _ seeing: (UnsafeRawBufferPointer) -> Void,
        _ shouldStop: (_ bytes: Int) -> Bool,
        _ body: (Line) throws -> Void
    ) throws -> Bool {
        let file = try source.open()
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { chunk.deallocate() }
        var total = 0
        while true {
            let count = try file.read(into: chunk)
            if count == 0 { break }
            total += count
            seeing(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            try decoder.decode(
                UnsafeBufferPointer(rebasing: chunk.assumingMemoryBound(to: UInt8.self)[..<count]), body)
            if shouldStop(total) { return false }
        }
        try decoder.finish(body)
        return true
    }
}
