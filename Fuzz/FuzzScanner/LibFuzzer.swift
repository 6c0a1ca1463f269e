#if SLUICE_LIBFUZZER
    import Glibc

    /// The form that libFuzzer drives, looking for inputs that reach new code; see `Fuzz/README.md` for its build.
    ///
    /// `SLUICE_FUZZ` names the parser; without it the first is fed. The package manager renames `main`, so libFuzzer's
    /// own cannot be used and its driver is called instead.
    @main
    struct LibFuzzer {
        static func main() {
            var count = CommandLine.argc
            var arguments = CommandLine.unsafeArgv
            exit(LLVMFuzzerRunDriver(&count, &arguments, fuzzOneInput))
        }

        static let entry: any FuzzEntry.Type = {
            guard let name = getenv("SLUICE_FUZZ") else { return JSONEntry.self }
            return FuzzEntries.named(String(cString: name)) ?? JSONEntry.self
        }()
    }

    /// Feeds one input to the chosen parser.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        _ = LibFuzzer.entry.run(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }

    // No header of libFuzzer declares it to Swift; only plain C types are passed.
    @_silgen_name("LLVMFuzzerRunDriver")
    private func LLVMFuzzerRunDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt
#endif
