import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the lines of a journal keep beside the texts of answers, which some formats are made of.
enum KeptParts {
    /// What a format is made of and a line lacks.
    enum Missing: String {
        case reply = "whole replies"
        case request = "requests as they were sent"
    }

    /// What a line of a journal lacks for a format; nil if nothing.
    static func missing(in line: JSON, for form: OutputForm, answerField: String) -> Missing? {
        if form.needsResponse, line[answerField]?.kind != .object { return .reply }
        if form.needsRequest, !hasRequest(line) { return .request }
        return nil
    }

    /// What the first line lacks that lacks something.
    /// - Throws: ``SluiceError`` of code `io` if the journal cannot be read.
    static func missing(
        inFile path: String, for form: OutputForm, answerField: String
    ) throws(SluiceError) -> Missing? {
        var missing: Missing?
        do {
            let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
            _ = try LineFile.read(file, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in missing != nil }) { line in
                // What a crash has cut off is set aside by the start of the run.
                guard missing == nil, line.isTerminated, !line.isTooLong,
                    let json = try? JSON.parse(Bytes(Array(line.text)))
                else { return }
                missing = Self.missing(in: json, for: form, answerField: answerField)
            }
        } catch {
            throw error.stopping("read", path)
        }
        return missing
    }

    /// A line that was taken over from the cookbook's script has its request as the row itself.
    private static func hasRequest(_ line: JSON) -> Bool {
        let facts = line["sluice"]
        return facts?["request"] != nil || facts?["taken_over"]?.bool == true && line["body"] == nil
    }
}
