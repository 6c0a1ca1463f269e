import SluiceCore
import SluiceTokens
import Testing

/// Images are reached through the estimator, as a request has them.
@Suite struct ImageSizeTests {
    private func tokens(_ model: String, _ bytes: [UInt8], type: String = "png") throws -> Int {
        var estimator = ChatTokenEstimator(model: model)
        func estimate(_ content: String) throws -> Int {
            let question = try JSON.parse(Bytes(#"[{"role":"user","content":\#(content)}]"#)).raw
            return estimator.estimate(Request(model: model, question: question)).tokens
        }
        let image =
            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/\(type);base64,\(Base64.text(bytes))\"}}"
        return try estimate("[\(image)]") - estimate("[]")
    }

    private func png(_ width: Int, _ height: Int) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52] + big(width) + big(height)
    }

    private func big(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }

    @Test(arguments: [(1024, 1024, 765), (2048, 4096, 1105), (512, 512, 255), (128, 64, 255), (4096, 8192, 1105)])
    func `tiles are those of OpenAI's guide`(_ width: Int, _ height: Int, _ expected: Int) throws {
        #expect(try tokens("gpt-4o", png(width, height)) == expected)
    }

    @Test(arguments: [(1024, 1024, 1659), (1800, 2400, 2353), (32, 32, 2)])
    func `patches are those of OpenAI's guide`(_ width: Int, _ height: Int, _ expected: Int) throws {
        // 1024 and 1452 patches are the guide's own examples; the factor of this model is 1.62.
        #expect(try tokens("gpt-4.1-mini", png(width, height)) == expected)
    }

    @Test func `the formats tell their size`() throws {
        let jpeg: [UInt8] =
            [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + [UInt8](repeating: 0, count: 14)
            + [0xFF, 0xC2, 0, 17, 8, 4, 0, 4, 0, 3, 1, 0x22, 0]
        let gif: [UInt8] = Array("GIF89a".utf8) + [0, 4, 0, 4, 0]
        let riff: [UInt8] = Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP".utf8)
        let extended = riff + Array("VP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0xFF, 3, 0]
        let lossless = riff + Array("VP8L".utf8) + [9, 0, 0, 0, 0x2F, 0xFF, 0xC3, 0xFF, 0] + [0, 0, 0, 0, 0]
        let lossy = riff + Array("VP8 ".utf8) + [9, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 0, 4, 0, 4]
        for (type, bytes) in [("jpeg", jpeg), ("gif", gif), ("webp", extended), ("webp", lossless), ("webp", lossy)] {
            #expect(try tokens("gpt-4o", bytes, type: type) == 765, "\(type)")
        }
    }

    @Test func `what cannot be read costs the most that an image can`() throws {
        for cut in [0, 3, 10, 23] { #expect(try tokens("gpt-4o", Array(png(64, 64).prefix(cut))) == 85 + 8 * 170) }
        #expect(try tokens("claude-sonnet-4-5", []) == 1568)
        #expect(try tokens("gemini-2.5-pro", []) == 258)
    }

    @Test func `other providers have their own ways`() throws {
        #expect(try tokens("claude-sonnet-4-5", png(200, 200)) == 64)
        #expect(try tokens("claude-sonnet-4-5", png(4000, 3000)) <= 1568)
        #expect(try tokens("gemini-2.5-pro", png(1536, 768)) == 2 * 258)
    }
}
