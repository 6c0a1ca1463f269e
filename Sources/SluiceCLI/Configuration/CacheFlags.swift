internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// Flags that say which answers are used again.
struct CacheFlags: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Keep answers on this machine, and take them from there if the same is asked again (default off).")
    var cache: Bool?

    @Option(name: .long, help: "Folder of the cache; switches it on (default ~/.cache/sluice).", completion: .directory)
    var cacheDir: String?

    @Flag(name: .long, help: "Send rows that ask the same once, whatever their temperature (at 0 they always are).")
    var dedupe = false

    /// - Parameter configuration: The one that counts or is left aside, if there is one.
    func apply(to options: inout RunOptions, _ configuration: ConfigurationFile?) throws(SluiceError) {
        let read = try configuration?.reading("cache") { file throws(SluiceError) in try CacheSection(file) }
        let section = read ?? CacheSection()
        options.sharesAnswers = dedupe
        options.cache = section.limits
        let isOn = cache ?? (cacheDir != nil || section.isEnabled)
        options.cache.folder = isOn ? try section.folder(cacheDir) : nil
    }
}
