internal import Sluice
internal import SluiceCore
internal import SluiceProviders

/// The newer list of models that `sluice pricing update` leaves for later runs.
enum PriceFile {
    /// Where it is: the user's own folder of configuration; nil without a home.
    static var path: String? { UserFolder.configuration.path.map { $0 + "/models.txt" } }

    /// What is known of models: built in, then this file, then a configuration's own prices over all.
    /// - Parameter file: The configuration that counts; nil if the run does without, and then one that is found still
    ///   tells its prices. It may be somebody else's file of that name, so that one which cannot be read is only said.
    static func catalogue(_ file: ConfigurationFile?) throws(SluiceError) -> Catalogue {
        var catalogue = Catalogue.builtIn
        if let path, TextFile.exists(path) { try catalogue.add(Bytes(TextFile.read(path)), from: path) }
        var models: [Model] = []
        if let file {
            models = try file.models(over: catalogue)
        } else if let found = ConfigurationFile.found() {
            do throws(SluiceError) { models = try ConfigurationFile(found).models(over: catalogue) } catch {
                Terminal.say("warning: there may be prices in \(found), which is left aside: \(error)")
            }
        }
        for model in models { catalogue.set(model) }
        return catalogue
    }

    /// Keeps a list; its folder is made if need be.
    static func write(_ text: String, to path: String) throws(SluiceError) {
        try KeptFile.write(Bytes(text), to: path)
    }
}
