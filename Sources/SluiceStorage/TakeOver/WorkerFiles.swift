import SluiceCore

/// `worker0_OUTPUT`, `worker1_OUTPUT` and so on: what GPTWrapper's workers keep until all of them have ended.
enum WorkerFiles {
    /// Those that stand beside the place of an output, in the order of their numbers.
    static func beside(_ paths: OutputPaths) throws(SluiceError) -> [String] {
        let (folder, name) = (paths.folder, RealPath.split(paths.output).name)
        let numbers: [Int]
        do throws(SystemError) {
            numbers = try Folder.names(folder).compactMap { number(of: $0, output: name) }
        } catch {
            throw error.stopping("read", folder)
        }
        return numbers.sorted().map { "\(folder)/worker\($0)_\(name)" }
    }

    private static func number(of file: String, output: String) -> Int? {
        guard file.hasPrefix("worker"), file.hasSuffix("_" + output) else { return nil }
        let digits = file.dropFirst("worker".count).dropLast(output.count + 1)
        return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }
}
