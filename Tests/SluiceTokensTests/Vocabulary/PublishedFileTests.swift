import Crypto
import SluiceCore
import SluiceTokens
import Testing

@Suite struct PublishedFileTests {
    @Test(arguments: [
        ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
        ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
        ("p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"),
        ("r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"),
    ])
    func `the file rebuilt from the binary has the hash that is published`(_ name: String, _ hash: String) throws {
        let encoding = try #require(Encoding.published(name))
        let file = try #require(PublishedFile(of: encoding))
        let digest = SHA256.hash(data: file.text).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(digest == hash)
    }

    @Test func `a file with other tokens is refused with its line`() throws {
        let file = try #require(PublishedFile(of: .r50kBase))
        var text = file.text
        try file.check(Bytes(text), path: "vocab")
        let third = try #require(text.indices.filter { text[$0] == 0x0A }.dropFirst().first) + 1
        text[third] = text[third] == 0x41 ? 0x42 : 0x41
        let error = #expect(throws: SluiceError.self) { try file.check(Bytes(text), path: "vocab") }
        #expect(error?.line == 3)
        #expect(throws: SluiceError.self) { try file.check(Bytes(Array(file.text.dropLast())), path: "vocab") }
    }
}
