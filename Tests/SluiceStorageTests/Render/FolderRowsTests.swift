import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct FolderRowsTests {
    private let folder = TemporaryFolder()
    private var output: String { folder.file("answers") }

    /// Whether this machine has a second file system that tests may write to.
    private static let hasOtherFileSystem: Bool = {
        var (one, other) = (stat(), stat())
        return stat("/tmp", &one) == 0 && stat("/dev/shm", &other) == 0 && one.st_dev != other.st_dev
            && access("/dev/shm", W_OK) == 0
    }()

    /// Answers the one file of the input.
    private func render(_ answer: String) throws {
        mkdir(folder.file("in"), 0o700)
        write("hello", to: folder.file("in/a.txt"))
        write(
            #"{"id":"a.txt","text":"hello","output":"\#(answer)","sluice":{"hash":"x"}}"# + "\n",
            to: folder.file("answers.jsonl"))
        _ = try Renderer(
            InputSource(.folder(folder.file("in"))), answers: [folder.file("answers.jsonl")], errors: [],
            form: OutputForm(.folder), answerField: "output"
        ).render(to: output)
    }

    @Test func `a file with another content is set aside under a number`() throws {
        try render("one")
        try render("one")
        #expect(!exists(output + ".sluice"))
        try render("two")
        try render("three")
        #expect(text(output + "/a.txt") == "three")
        #expect(text(output + ".sluice/replaced/a.txt.1") == "one")
        #expect(text(output + ".sluice/replaced/a.txt.2") == "two")
    }

    @Test(.enabled(if: hasOtherFileSystem, "one file system"))
    func `a folder on a file system of its own keeps what is in the way beside it, out of sight`() throws {
        var template = Array("/dev/shm/sluice-test-XXXXXX".utf8CString)
        let other = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { rmdir(other) }
        mkdir(output + ".sluice", 0o700)
        #expect(symlink(other, output + ".sluice/replaced") == 0)
        for answer in ["one", "two", "three"] { try render(answer) }
        #expect(text(output + "/a.txt") == "three")
        #expect(text(output + "/.a.txt.sluice-replaced-1") == "one")
        #expect(text(output + "/.a.txt.sluice-replaced-2") == "two")
        #expect(try InputFolder.names(output) == ["a.txt"])
    }
}
