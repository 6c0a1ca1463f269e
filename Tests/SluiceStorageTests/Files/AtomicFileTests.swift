import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct AtomicFileTests {
    @Test func `a file is replaced as a whole and is its owner's`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("run.json")
        write("old", to: path)
        chmod(path, 0o644)
        write("left by a crash", to: path + ".tmp")
        try AtomicFile.write(Array("new".utf8), to: path)
        #expect(text(path) == "new")
        #expect(mode(path) == 0o600)
        #expect(folder.names() == ["run.json"])
    }

    @Test func `a write that fails leaves the old content`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("run.json")
        write("old", to: path)
        // A folder where the temporary file should be cannot be removed.
        mkdir(path + ".tmp", 0o700)
        #expect(throws: SluiceError(.disk, "")) { try AtomicFile.write(Array("new".utf8), to: path) }
        #expect(text(path) == "old")
    }
}
