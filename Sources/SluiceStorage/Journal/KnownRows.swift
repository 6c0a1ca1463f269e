package import SluiceCore

/// What is known of rows before they are asked: from earlier runs, and from the rows before them.
///
/// Apart from the ``OutputStore``, whose lock must not last as long as a thread that asks here.
package final class KnownRows: Sendable {
    private let finished: Guarded<FinishedRows>
    private let hasFinished: Bool
    private let ids: IDSet?
    private let former: FormerFailures?

    init(finished: consuming FinishedRows, former: FormerFailures?, watchesIDs: Bool) {
        hasFinished = finished.count > 0
        self.finished = Guarded(finished)
        self.former = former
        ids = watchesIDs ? IDSet() : nil
    }

    /// Whether a row that has just been read was finished by an earlier run.
    ///
    /// Of equal rows as many are done as there are answers, so each row may be asked about once.
    package func isDone(_ hash: RowHash) -> Bool {
        hasFinished && finished.withLock { $0.take(hash) }
    }

    /// Hands over the finished rows that no row has asked about, once no more rows come; nothing is known then.
    func giveUntaken() -> FinishedRows {
        finished.withLock { finished in
            var untaken = FinishedRows()
            swap(&untaken, &finished)
            untaken.dropTaken()
            return untaken
        }
    }

    /// Whether a row may be asked although, or because, it failed before.
    ///
    /// The row must be valid JSON or plain text, and each may be asked about once, or once for each of several models.
    package func isWanted(_ row: Bytes, asked model: String? = nil) -> Bool {
        former?.isWanted(row, asked: model) ?? true
    }

    /// Whether a row's id has not come before, for one of several models; with a file as input the scan has seen to
    /// that already.
    package func isNew(_ id: RowIdentity, asked model: String? = nil) -> Bool {
        ids?.insert(id, asked: model) ?? true
    }
}
