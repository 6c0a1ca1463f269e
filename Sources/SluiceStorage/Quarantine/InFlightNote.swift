package import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which rows are being asked at this moment, in a file that outlives the process.
///
/// The file is mapped: to note a row is a store into memory, without a call to the system, and what SIGKILL or a crash
/// leaves in the page cache is read by ``Suspects``. After a restart of the machine it counts for nothing.
package final class InFlightNote: Sendable {
    /// The mapped file: the id of the system's boot, then a cell for each row in flight, zeros or the row's hash.
    private struct Cells: ~Copyable {
        let map: UnsafeMutableRawPointer
        let length: Int
        var free: [Int]

        mutating func store(_ row: RowHash, in cell: Int) {
            let offset = InFlightNote.headerSize + cell * InFlightNote.cellSize
            map.storeBytes(of: row.high, toByteOffset: offset, as: UInt64.self)
            map.storeBytes(of: row.low, toByteOffset: offset + 8, as: UInt64.self)
        }

        deinit { munmap(map, length) }
    }

    private static let headerSize = 64
    private static let cellSize = 16
    private static let none = RowHash(high: 0, low: 0)

    private let cells: Guarded<Cells>
    private let path: String

    /// Makes an empty note for so many rows at once, in the place of a former one; blocks.
    /// - Throws: ``SluiceError`` of code `disk`, also where the file system cannot map files.
    package init(_ paths: OutputPaths, rows: Int) throws(SluiceError) {
        path = paths.inFlight
        var content = Array(Boot.id.utf8.prefix(Self.headerSize))
        content += [UInt8](repeating: 0, count: Self.headerSize - content.count + rows * Self.cellSize)
        do throws(SystemError) {
            try Folder.remove(path)
            let file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
            // Written and not only made so long: a store into a hole of a full disk would be the end of the process.
            try content.withUnsafeBufferPointer { bytes throws(SystemError) in
                try file.write(UnsafeRawBufferPointer(bytes))
            }
            let map = mmap(nil, content.count, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0)
            guard let map, map != MAP_FAILED else { throw SystemError.last }
            cells = Guarded(Cells(map: map, length: content.count, free: Array((0..<rows).reversed())))
        } catch {
            unlink(path)
            throw error.stopping("write", path, code: .disk)
        }
    }

    /// Notes a row that is sent; returns its cell for ``clear(_:)``, nil if all are taken.
    package func add(_ row: RowHash) -> Int? {
        cells.withLock { cells in
            guard let cell = cells.free.popLast() else { return nil }
            cells.store(row, in: cell)
            return cell
        }
    }

    /// Takes a note back.
    package func clear(_ cell: Int) {
        cells.withLock { cells in
            cells.store(Self.none, in: cell)
            cells.free.append(cell)
        }
    }

    /// Removes the file: the run ends in good order.
    package func close() { unlink(path) }

    /// The rows that a process which died had noted; nil if no process has died, or the machine was started since.
    /// - Throws: ``SluiceError`` of code `io`.
    static func read(_ paths: OutputPaths) throws(SluiceError) -> [RowHash]? {
        guard let bytes = try StateFile.read(paths.inFlight), bytes.count >= headerSize, !Boot.id.isEmpty else {
            return nil
        }
        return bytes.withUnsafeBytes { bytes in
            let boot = Boot.id.utf8.prefix(headerSize)
            guard bytes.prefix(boot.count).elementsEqual(boot) else { return nil }
            let bytes = UnsafeRawBufferPointer(bytes)
            return stride(from: headerSize, through: bytes.count - cellSize, by: cellSize)
                .map { offset in
                    RowHash(
                        high: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                        low: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
                }
                .filter { $0 != none }
        }
    }
}
