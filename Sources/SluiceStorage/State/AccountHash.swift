import Crypto
import SluiceCore

/// The name under which a key is counted: a hash that cannot be turned back, and differs from file to file.
enum AccountHash {
    /// The first 128 bits of the HMAC-SHA-256 of provider and key, in hexadecimal digits.
    static func name(of key: Secret?, at provider: String, salt: String) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: Array(salt.utf8)))
        code.update(data: Array("sluice-account-1\n\(provider)\n".utf8))
        key?.reveal { code.update(data: Array($0.utf8)) }
        return Hex.text(code.finalize().prefix(16))
    }
}
