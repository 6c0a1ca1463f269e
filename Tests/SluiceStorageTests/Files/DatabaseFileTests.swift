import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceStorage

@Suite struct DatabaseFileTests {
    private let folder = TemporaryFolder()

    @Test func `whoever could not be alone still shares the lock`() throws {
        let path = folder.file("some.db")
        let file = try DatabaseFile(path, lock: path + ".lock")
        try file.share()
        let other = open(path + ".lock", O_RDWR | O_CLOEXEC)
        defer { close(other) }
        #expect(flock(other, LOCK_SH) == 0)
        #expect(try file.whileAlone { true } == nil)
        #expect(flock(other, LOCK_EX | LOCK_NB) != 0)
        #expect(flock(other, LOCK_UN) == 0)
        #expect(try file.whileAlone { true } == true)
        file.leave()
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    }
}
