import SluiceStorage
import Testing

@Suite struct FileSystemTests {
    private let mounts = """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw
        40 22 0:35 / /home rw,relatime shared:5 master:2 - nfs4 server:/home rw,vers=4.2
        41 22 0:36 / /mnt/a\\040b rw - fuse.sshfs user@host: rw

        """

    @Test func `a device has the kind of its mount`() {
        #expect(FileSystem.kind(of: "8:1", in: mounts) == "ext4")
        #expect(FileSystem.kind(of: "0:35", in: mounts) == "nfs4")
        #expect(FileSystem.kind(of: "0:36", in: mounts) == "fuse.sshfs")
        #expect(FileSystem.kind(of: "0:3", in: mounts) == nil)
    }

    @Test func `networks are known`() {
        for kind in ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "lustre", "ceph"] {
            #expect(FileSystem.isNetwork(kind: kind), "\(kind)")
        }
        for kind in ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fuse"] {
            #expect(!FileSystem.isNetwork(kind: kind), "\(kind)")
        }
    }

    @Test func `what the system makes up is on this machine`() {
        #expect(!FileSystem.isNetwork("/proc"))
        #expect(!FileSystem.isNetwork("/no/such/folder"))
    }
}
