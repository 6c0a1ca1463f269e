package import SluiceCore

extension Bytes {
    /// The bytes behind UTF-8's byte order mark, which some gateways put before their JSON; all of them if there is none.
    package var withoutByteOrderMark: Bytes {
        count >= 3 && self[0] == 0xEF && self[1] == 0xBB && self[2] == 0xBF ? self[3..<count] : self
    }
}
