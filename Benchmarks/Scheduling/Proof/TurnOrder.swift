import DequeModule

/// Whose turn it is among the requests that wait: retries before fresh ones, each in the order in which they came.
struct TurnOrder {
    private struct Place {
        let row: Int32
        let serial: UInt32
    }

    private var retries = Deque<Place>()
    private var fresh = Deque<Place>()
    /// The serial of the row's present wait; 0 for none.
    private var waits: [UInt32]
    private var serial: UInt32 = 0
    private var holder: Int32 = -1
    /// Since when the first one has had its turn, in nanoseconds.
    private(set) var since: Int64 = 0

    init(rows: Int) {
        waits = Array(repeating: 0, count: rows)
    }

    /// The row whose turn it is.
    var first: Int? { holder < 0 ? nil : Int(holder) }

    /// Takes note of a request that may go from now on.
    mutating func add(_ row: Int, isRetry: Bool, at now: Int64) {
        serial += 1
        waits[row] = serial
        let place = Place(row: Int32(row), serial: serial)
        if isRetry { retries.append(place) } else { fresh.append(place) }
        advance(now)
    }

    /// Takes note of a request that goes; one that was never added changes nothing.
    mutating func remove(_ row: Int, at now: Int64) {
        waits[row] = 0
        advance(now)
    }

    private mutating func advance(_ now: Int64) {
        while let place = retries.first, waits[Int(place.row)] != place.serial { retries.removeFirst() }
        while let place = fresh.first, waits[Int(place.row)] != place.serial { fresh.removeFirst() }
        let next = (retries.first ?? fresh.first)?.row ?? -1
        if next != holder { (holder, since) = (next, now) }
    }
}
