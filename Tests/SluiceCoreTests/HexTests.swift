import SluiceCore
import Testing

@Suite struct HexTests {
    @Test func `each byte is two lower-case digits`() {
        #expect(Hex.text([] as [UInt8]) == "")
        #expect(Hex.text([0x00, 0x0F, 0xA0, 0xFF] as [UInt8]) == "000fa0ff")
    }
}
