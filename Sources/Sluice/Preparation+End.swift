internal import SluiceCore
internal import SluiceScheduling
internal import SluiceStorage

/// The end of a run: every row is accounted for, files are closed, outputs are made.
extension Preparation {
    /// Gives up what was opened for a run that cannot begin.
    func abandon() async {
        await cache?.close()
        try? await writer.close()
        quarantine.abandon()
    }

    /// Accounts for every row, writes down how the run ended and closes the files.
    func finish(_ pipeline: Pipeline, elapsed: TimeSpan) async -> RunSummary {
        if let failure = pipeline.read.failure { pipeline.state.halt(.error(failure)) }
        await cache?.close()
        do throws(SluiceError) {
            try await pipeline.admit.giveBackDays()
        } catch {
            events.take(RunEvent("what was not used of the day stays counted: \(error.message)", isError: true))
        }
        var summary = summarise(pipeline, elapsed)
        let isTold = await manifest?.write(nil, ended: summary) == nil
        let told = summary.exitCode
        do throws(SluiceError) {
            try await writer.close()
        } catch {
            pipeline.state.halt(.error(error))
            summary = summarise(pipeline, elapsed)
        }
        try? await BlockingThread.run("ending") { [quarantine, isComplete = summary.counts.left == 0] in
            quarantine.close(isComplete: isComplete)
        }
        await moveReplaced(pipeline.state)
        do throws(SluiceError) {
            try await render(pipeline.state)
        } catch {
            pipeline.state.halt(.error(error))
            summary = summarise(pipeline, elapsed)
        }
        if !isTold || summary.exitCode != told { await manifest?.writeLast(summary) }
        if summary.counts.left == 0, summary.counts.isConserved, total != nil || pipeline.read.hasReadAll {
            await complete()
        }
        events.end(summary)
        try? await BlockingThread.run("ending") { [events] in events.write() }
        return summary
    }

    /// Moves answers away in whose place there are newer ones; where that fails the next run does it.
    private func moveReplaced(_ state: RunState) async {
        // Nobody waits for it after a second Ctrl-C, and a disk that has failed is left alone.
        if state.isAborted { return }
        if case .error(let error) = state.cause, error.code == .disk { return }
        guard let end = store.end, let output = options.output else { return }
        do throws(SluiceError) {
            let replaced = try await BlockingThread.run("ending") { () throws(SluiceError) in try end.moveReplaced() }
            if replaced.moved > 0 {
                events.take(RunEvent("answers to changed rows, moved to stale.jsonl: \(replaced.moved)"))
            }
            if replaced.kept > 0 {
                events.take(
                    RunEvent(
                        "ids of \(output) that have an answer to a changed row beside the new one: \(replaced.kept); "
                            + "the same command with --redo moves the old ones to stale.jsonl", isError: true))
            }
        } catch {
            events.take(RunEvent("\(error)", isError: true))
        }
    }

    /// Writes down that the run has come to every row: the last thing that it does, since whoever sees it killed before
    /// will give the same command again.
    private func complete() async {
        guard let end = store.end else { return }
        do throws(SluiceError) {
            try await BlockingThread.run("ending") { () throws(SluiceError) in try end.complete() }
        } catch {
            events.take(RunEvent("\(error)", isError: true))
        }
    }

    /// Makes the output of the answers, where it is not they themselves.
    private func render(_ state: RunState) async throws(SluiceError) {
        guard let output = options.output, let paths = store.paths, paths.hasJournal else { return }
        do throws(SluiceError) {
            let file = FormFile(
                source: store.source, form: form, answerField: options.asking.answerField,
                models: options.asking.models)
            // Not the store itself: the thread may end a little after this, and with the store ends the lock.
            let counts = try await BlockingThread.run("rendering") { () throws(SluiceError) in
                try OutputStore.render(paths, file, shouldStop: { state.isAborted }, part: Save.part)
            }
            if let counts, counts.missing > 0 {
                events.take(RunEvent("\(output): \(counts.missing) of \(counts.rows) rows have no answer yet"))
            }
        } catch {
            let hint = "every answer is kept; 'sluice merge \(output)' makes the output of them"
            if state.isAborted { return events.take(RunEvent("\(output) was not written: \(hint)", isError: true)) }
            // What is wrong with the rows or the format is wrong in a merge, too.
            let own = error.code == .configuration ? error.hint.map { "every answer is kept; \($0)" } : nil
            throw SluiceError(error.code, error.message, hint: own ?? hint, file: error.file, line: error.line)
        }
    }

    private func summarise(_ pipeline: Pipeline, _ elapsed: TimeSpan) -> RunSummary {
        let tally = pipeline.report.snapshot()
        var counts = tally.counts
        let handed = isDone ? counts.doneBefore : pipeline.read.handed
        counts.read = max(total ?? 0, handed)
        // Rows that no slot has come to; the others are counted one by one where they end. Some of them were done before.
        let unseen = counts.read - handed
        let done = min(unseen, max(0, (store.counts.input?.alreadyDone ?? 0) - counts.doneBefore))
        counts.doneBefore += done
        counts.left += unseen - done
        return RunSummary(
            counts: counts, models: tally.counts(of: options.asking.models), elapsed: elapsed,
            failures: tally.groups.values.sorted { $0.count > $1.count },
            spent: before,
            reservation: Reservation(
                tally.reservation, lengths: tally.lengths.all, counts: counts, accounts: options.accounts,
                elapsed: elapsed),
            foundConcurrency: pipeline.admit.snapshot().foundConcurrency, cause: pipeline.state.cause,
            outputPath: options.output,
            errorsPath: counts.failed > 0 ? store.paths?.errors : nil)
    }
}
