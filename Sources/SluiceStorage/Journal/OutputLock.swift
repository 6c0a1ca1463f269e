import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sees to it that one process writes an output: a lock on a file in its state folder, free when the process ends.
final class OutputLock: Sendable {
    private let file: OpenFile

    private init(_ file: OpenFile) {
        self.file = file
    }

    // A child that this process is about to start has a copy of the descriptor until it executes its program; a close alone
    // would leave it the lock for that moment, and a run that follows at once would be refused.
    deinit { flock(file.descriptor, LOCK_UN) }

    /// Takes the lock and writes into its file who has it since when.
    /// - Throws: ``SluiceError`` of code `locked` that names the holder, if there is one.
    static func acquire(_ paths: OutputPaths, started: WallTime) throws(SluiceError) -> OutputLock {
        do {
            while true {
                let file = try OpenFile(paths.lock, O_RDWR | O_CREAT | O_NOFOLLOW)
                guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
                    guard errno == EWOULDBLOCK else { throw SystemError.last }
                    throw refusal(file, paths)
                }
                // Whoever held it may have removed the file in the meantime; then this lock is of no use.
                guard let present = FileStatus.of(paths.lock), try file.status().isSameFile(as: present) else {
                    continue
                }
                guard fchmod(file.descriptor, 0o600) == 0 else { throw SystemError.last }
                try write(started, into: file)
                return OutputLock(file)
            }
        } catch let error as SystemError {
            throw error.stopping("lock", paths.lock)
        } catch let error as SluiceError {
            throw error
        } catch {
            throw SluiceError(.io, "cannot lock \(paths.lock)")
        }
    }

    private static func write(_ started: WallTime, into file: OpenFile) throws(SystemError) {
        var json = JSONBuilder()
        json.beginObject()
        json.member("pid", Int(getpid()))
        json.member("started", started.text)
        json.member("host", host)
        json.endObject()
        try file.truncate(to: 0)
        try (json.bytes + [0x0A]).withUnsafeBufferPointer { bytes throws(SystemError) in
            try file.write(UnsafeRawBufferPointer(bytes))
        }
    }

    private static func refusal(_ file: OpenFile, _ paths: OutputPaths) -> SluiceError {
        var holder = "another process"
        var hint = "wait until it has ended, or choose another output with -o"
        if let json = holderText(file), let pid = json["pid"]?.int {
            holder = "process \(pid)"
            if let name = json["host"]?.string, name != host { holder += " on \(name)" }
            if let started = json["started"]?.string { holder += ", started \(started)," }
            hint = "wait until it has ended, stop it with `kill \(pid)`, or choose another output with -o"
        }
        return SluiceError(.locked, "\(holder) is writing \(paths.output)", hint: hint)
    }

    /// What the holder wrote; it writes right after it took the lock, so an empty file is worth a few more looks.
    private static func holderText(_ file: OpenFile) -> JSON? {
        withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
            for _ in 0..<50 {
                let count = pread(file.descriptor, buffer.baseAddress, buffer.count, 0)
                if count > 0, let json = try? JSON.parse(Bytes(Array(buffer[..<count]))) { return json }
                usleep(1000)
            }
            return nil
        }
    }

    private static var host: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let base = buffer.baseAddress, gethostname(base, 255) == 0 else { return "" }
            base[255] = 0
            return String(cString: base)
        }
    }
}
