internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// The newer list of models that `sluice pricing update` leaves for later runs.
enum PriceFile {
    /// Where it is: the user's own folder of configuration; nil without a home.
    static var path: String? { UserFolder.configuration.path.map { $0 + "/models.txt" } }

    /// What is known of models: built in, then this file, then a configuration's own prices over all.
    static func catalogue(_ file: ConfigurationFile?) throws(SluiceError) -> Catalogue {
        var catalogue = Catalogue.builtIn
        if let path, TextFile.exists(path) { try catalogue.add(Bytes(TextFile.read(path)), from: path) }
        let models = try file?.reading("prices") { [catalogue] file throws(SluiceError) in
            try file.models(over: catalogue)
        }
        for model in models ?? [] { catalogue.set(model) }
        return catalogue
    }

    /// Keeps a list; its folder is made if need be.
    static func write(_ text: String, to path: String) throws(SluiceError) {
        try KeptFile.write(Bytes(text), to: path)
    }
}
