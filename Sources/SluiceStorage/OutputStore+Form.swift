import SluiceCore

extension OutputStore {
    /// Refuses to go on with answers that this format cannot be made of, or that others of another kind would stand
    /// beside: before anything is sent, since what is paid then could not be written.
    /// - Throws: ``SluiceError`` of code `configuration`.
    static func refuseOtherForm(_ paths: OutputPaths, _ options: StartOptions) throws(SluiceError) {
        guard let former = try FormFile.read(paths), !options.forgetsAll(of: former) else { return }
        let (old, new) = (former.form, options.form)
        let answers = FileStatus.of(paths.answers)?.size ?? 0
        guard answers > 0 || FileStatus.of(paths.output)?.size ?? 0 > 0 else { return }
        let elsewhere = "choose another output with -o, or ask all again with --redo-all"
        if let save = old.save, let other = new.save, save != other {
            throw SluiceError(
                .configuration, "the answers of \(paths.output) are kept with --save \(save), and not --save \(other)",
                hint: "go on with --save \(save), \(elsewhere)")
        }
        // What the same format has kept before is what it needs.
        guard answers > 0, new.needsResponse && !old.needsResponse || new.needsRequest && !old.needsRequest,
            let missing = try KeptParts.missing(inFile: paths.answers, for: new, answerField: options.answerField)
        else { return }
        throw SluiceError(
            .configuration,
            "the answers of \(paths.output) are kept without \(missing.rawValue), which the format "
                + "\(new.kind.rawValue) is made of",
            hint: "go on with --format \(old.kind.rawValue), \(elsewhere)")
    }
}

extension StartOptions {
    /// Whether no answer of an earlier run stays.
    fileprivate func forgetsAll(of former: FormFile) -> Bool {
        redo != nil && Set(former.models).isSubset(of: models)
    }
}
