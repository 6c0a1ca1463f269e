import CZlib
import SluiceTransport
import Testing

@Suite struct InflaterTests {
    /// Packs bytes with zlib itself; 31 asks for gzip, 15 for zlib's own wrapping, -15 for none.
    static func packed(_ bytes: [UInt8], windowBits: Int32 = 31) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
        let left = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
                return Int(stream.avail_out)
            }
        }
        return Array(output.dropLast(left))
    }

    private func random(_ count: Int) -> [UInt8] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    @Test(arguments: [(31, ContentCoding.gzip), (15, .deflate), (-15, .deflate)], [1, 100, 70_000, 1_500_000])
    func `what was packed comes out again`(form: (bits: Int, coding: ContentCoding), count: Int) throws {
        let inflater = Inflater()
        for bytes in [random(count), Array(repeating: 0x61, count: min(count, 100_000))] {
            let packed = Self.packed(bytes, windowBits: Int32(form.bits))
            #expect(try inflater.decode(packed, form.coding, cap: 2_000_000) == bytes)
        }
    }

    @Test func `one inflater serves any order of codings, also behind a failure`() throws {
        let inflater = Inflater()
        for _ in 0..<3 {
            #expect(try inflater.decode(Self.packed([1, 2, 3]), .gzip, cap: 10) == [1, 2, 3])
            #expect(throws: ResponseError.self) { try inflater.decode([0x1F, 0x8B, 0, 0], .gzip, cap: 10) }
            #expect(try inflater.decode(Self.packed([4], windowBits: -15), .deflate, cap: 10) == [4])
            #expect(try inflater.decode([9, 9], .identity, cap: 10) == [9, 9])
        }
    }

    @Test func `members behind one another are one body`() throws {
        let both = Self.packed([1, 2]) + Self.packed([3])
        #expect(try Inflater().decode(both, .gzip, cap: 10) == [1, 2, 3])
    }

    @Test func `damage, an early end, a tail and an unknown coding are malformed`() {
        let whole = Self.packed(random(500))
        var flipped = whole
        flipped[whole.count - 6] ^= 0xFF
        for (bytes, coding) in [
            (Array(whole.dropLast(9)), ContentCoding.gzip), (flipped, .gzip), (whole + [0, 1, 2], .gzip),
            (Self.packed([1], windowBits: 15) + [7], .deflate), (whole, .deflate), ([1], .other), ([0x1F], .gzip),
        ] {
            let error = #expect(throws: ResponseError.self) { try Inflater().decode(bytes, coding, cap: 10_000) }
            if case .malformed = error {} else { Issue.record("\(String(describing: error))") }
        }
    }

    @Test func `nothing stays nothing`() throws {
        #expect(try Inflater().decode([], .gzip, cap: 10).isEmpty)
        #expect(try Inflater().decode([], .other, cap: 10).isEmpty)
    }

    @Test func `what grows above the cap is too large, to the byte`() throws {
        let packed = Self.packed(random(5000))
        #expect(try Inflater().decode(packed, .gzip, cap: 5000).count == 5000)
        #expect(throws: ResponseError.tooLarge) { try Inflater().decode(packed, .gzip, cap: 4999) }
    }

    @Test func `a bomb is broken off beyond its first mebibyte`() throws {
        // A thousand to one.
        let harmless = Self.packed(Array(repeating: 0, count: 1 << 20))
        #expect(try Inflater().decode(harmless, .gzip, cap: 32 << 20).count == 1 << 20)
        let bomb = Self.packed(Array(repeating: 0, count: 20 << 20))
        #expect(bomb.count < 30_000)
        #expect(throws: ResponseError.bomb) { try Inflater().decode(bomb, .gzip, cap: 32 << 20) }
    }
}
