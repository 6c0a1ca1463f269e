import SluiceCore

/// `worker0_OUTPUT`, `worker1_OUTPUT` and so on: what GPTWrapper's workers keep until all of them have ended.
enum WorkerFiles {
    /// Those that stand beside the place of an output, in the order of their numbers.
    static func beside(_ paths: OutputPaths) throws(SluiceError) -> [String] {
        let (folder, name) = (paths.folder, RealPath.split(paths.output).name)
        do throws(SystemError) {
            return try Folder.names(folder)
                .compactMap { file in number(of: file, output: name).map { (number: $0, file: file) } }
                .sorted { ($0.number, $0.file) < ($1.number, $1.file) }
                .map { "\(folder)/\($0.file)" }
        } catch {
            throw error.stopping("read", folder)
        }
    }

    private static func number(of file: String, output: String) -> Int? {
        guard file.hasPrefix("worker"), file.hasSuffix("_" + output) else { return nil }
        let digits = file.dropFirst("worker".count).dropLast(output.count + 1)
        return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }
}
