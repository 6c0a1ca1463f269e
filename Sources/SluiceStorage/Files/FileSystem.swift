import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is asked of the file system behind a path.
package enum FileSystem {
    /// Whether a file at a path is on another machine; false if that cannot be told.
    package static func isNetwork(_ path: String) -> Bool {
        #if canImport(Glibc)
            var status = stat()
            guard stat(path, &status) == 0, let mounts = try? WholeFile.read("/proc/self/mountinfo") else {
                return false
            }
            let device = UInt64(truncatingIfNeeded: status.st_dev)
            // The layout of makedev(3).
            let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
            let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
            return kind(of: "\(major):\(minor)", in: mounts.text).map { isNetwork(kind: $0) } ?? false
        #else
            var status = statfs()
            return statfs(path, &status) == 0 && status.f_flags & UInt32(MNT_LOCAL) == 0
        #endif
    }

    /// The kind of file system on a device, `8:1`, by the lines of `/proc/self/mountinfo` (proc(5)); nil if it has none.
    package static func kind(of device: String, in mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == device, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
            else { continue }
            return String(fields[dash + 1])
        }
        return nil
    }

    /// Whether this kind of file system is shared between machines.
    package static func isNetwork(kind: String) -> Bool {
        networks.contains(kind) || ["nfs", "smb", "cifs"].contains { kind.hasPrefix($0) }
    }

    private static let networks: Set<String> = [
        "9p", "afs", "beegfs", "ceph", "coda", "davfs", "fuse.ceph", "fuse.davfs", "fuse.gcsfuse", "fuse.glusterfs",
        "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ocfs2", "panfs",
    ]
}
