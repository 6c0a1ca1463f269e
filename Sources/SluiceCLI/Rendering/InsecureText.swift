internal import Sluice
internal import SluiceCore

/// What people are told, again and again, when `--insecure` is used beyond this machine.
enum InsecureText {
    /// Stands before the progress.
    static let banner = "INSECURE"

    /// The warning; nil where nothing is at stake: certificates are verified, or all servers are on loopback.
    static func line(_ options: RunOptions) -> String? {
        guard options.connection.isInsecure else { return nil }
        let exposed = options.accounts.map(\.base).filter { $0.isSecure && !$0.isLoopback }
        guard let first = exposed.first else { return nil }
        let count = Set(exposed.map(\.authority)).count
        let hosts = count == 1 ? first.authority : "\(first.authority) and \(count - 1) more"
        return "warning: --insecure: nobody checks that \(hosts) is who it says; "
            + "whoever is on the way can read the key and the rows"
    }
}
