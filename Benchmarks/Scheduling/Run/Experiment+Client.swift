import SluiceCore
import SluiceScheduling

/// The slots of the run: they ask for leave, send, and end rows.
extension Experiment {
    /// How late a request may go after there is room: wake-ups are half a millisecond apart.
    private static let grain = 0.001

    /// Lets every slot without a row take the next one.
    mutating func start() {
        while vacant > 0, nextRow < rows.count {
            vacant -= 1
            nextRow += 1
            ask(nextRow - 1, isRetry: false)
        }
    }

    mutating func ask(_ row: Int, isRetry: Bool, notBefore: Instant? = nil, avoiding: CredentialIndex? = nil) {
        rows[row].isRetry = isRetry
        rows[row].stage = .waiting
        if budget != nil {
            let most = ceiling(row)
            let decision = budget?.request(Ticket(UInt64(row)), atMost: most) ?? .refused
            // A retry goes back to where its row came from; whoever waits for room asks when there is some.
            guard decision == .admitted else {
                if decision == .refused { refuse(row) }
                return
            }
        }
        queue(row, notBefore: notBefore, avoiding: avoiding)
    }

    private mutating func queue(_ row: Int, notBefore: Instant? = nil, avoiding: CredentialIndex? = nil) {
        let input = rows[row].row.input
        rows[row].asked = notBefore?.nanoseconds ?? now
        rows[row].patience = Float(
            patience.most(tokens: waitingTokens + Double(input) + meanOutput, requests: Double(waiting + 1)))
        waitingTokens += Double(input) + meanOutput
        waiting += 1
        let isRetry = rows[row].isRetry
        if notBefore == nil { turns.add(row, isRetry: isRetry, at: now) }
        let demand = TokenDemand(
            input: input, output: Int(meanOutput), maxOutput: scenario.mix.maxOutput,
            ceiling: countsMoney ? ceiling(row) : .zero)
        send(
            .request(
                Ticket(UInt64(row)), demand: demand, notBefore: notBefore, avoiding: avoiding, isRetry: isRetry))
    }

    private func ceiling(_ row: Int) -> Money {
        SpendWitness.price(input: rows[row].row.input, output: scenario.mix.maxOutput)
    }

    mutating func send(_ event: AdmissionMachine.Event) {
        actions.removeAll(keepingCapacity: true)
        machine.handle(event, now: present, into: &actions)
        var refused: [Int] = []
        for index in actions.indices {
            switch actions[index] {
            case .grant(let ticket, let grant): depart(Int(ticket.rawValue), grant)
            case .wake(let moment): wake = moment.nanoseconds
            case .refuse(let ticket, let refusal):
                violate("row \(ticket.rawValue) was refused as \(refusal) at \(seconds) s")
                refused.append(Int(ticket.rawValue))
            case .reserve(let demand): reserve(demand)
            case .notice: break
            }
        }
        for row in refused { end(row, as: .refused) }
    }

    /// A row for which no money is left.
    private mutating func refuse(_ row: Int) {
        if let spend, spend.booked + ceiling(row) <= spend.limit {
            violate("row \(row) was refused with money left at \(seconds) s")
        }
        end(row, as: .refused)
    }

    private mutating func depart(_ row: Int, _ grant: Grant) {
        guard rows.indices.contains(row), rows[row].stage == .waiting else {
            return violate("row \(row) was sent at \(seconds) s, and did not wait")
        }
        result.note(grant: row, account: grant.account, at: now)
        inFlight += 1
        if inFlight > scenario.slots { violate("\(inFlight) in flight at \(seconds) s") }
        if dead[grant.account] { violate("a dead key was used at \(seconds) s") }
        spend?.send(atMost: grant.ceiling)
        if spend?.isPassed ?? false { violate("the budget can be passed at \(seconds) s") }
        let waited = Double(now - rows[row].asked) / 1e9
        result.longestWait = max(result.longestWait, waited / Double(rows[row].patience))
        result.longestPause = max(result.longestPause, Double(now - max(lastSend, rows[row].asked)) / 1e9)
        lastSend = now
        judge(row, grant)
        if dayWitness != nil { count(.requests, 1, grant) }
        waiting -= 1
        waitingTokens = max(0, waitingTokens - Double(rows[row].row.input) - meanOutput)
        rows[row].stage = .inFlight
        turns.remove(row, at: now)
        let place: Int32
        if let last = free.popLast() {
            place = last
            flights[Int(last)] = Flight(grant: grant, row: Int32(row))
        } else {
            place = Int32(flights.count)
            flights.append(Flight(grant: grant, row: Int32(row)))
        }
        schedule(0.001 + scenario.mix.jitter * random.unit(), place, .arrive)
    }

    /// Work conservation, and how long a request has its turn.
    private mutating func judge(_ row: Int, _ grant: Grant) {
        guard isPlain else { return }
        if turns.first == row {
            let turn = Double(turns.since) / 1e9
            result.longestTurn = max(result.longestTurn, (seconds - turn) / patience.turn(grant.tokens))
            if !rows[row].isRetry { observe(row, grant, since: turn) }
        }
        let moment = seconds
        room?.take(grant.account, grant.tokens, at: moment)
    }

    private mutating func observe(_ row: Int, _ grant: Grant, since turn: Double) {
        guard let other = room?.other() else { return }
        for key in other == grant.account ? [other] : [grant.account, other] {
            guard let since = room?.since(key, grant.tokens, at: seconds) else { continue }
            let idle = seconds - max(since, turn)
            if idle > Self.grain {
                violate("key \(key) had room for \(idle) s while row \(row) waited, until \(seconds) s")
            }
        }
    }

    /// Gives the budget back what a request did not cost.
    mutating func pay(_ grant: Grant, cost: Money) {
        spend?.book(cost)
        guard let decided = budget?.settle(reserved: grant.ceiling, cost: cost) else { return }
        for (ticket, decision) in decided {
            if decision == .admitted { queue(Int(ticket.rawValue)) } else { refuse(Int(ticket.rawValue)) }
        }
    }

    mutating func end(_ row: Int, as stage: RowStage) {
        if rows[row].stage.isEnd { violate("row \(row) ended twice, at \(seconds) s") }
        rows[row].stage = stage
        result.end(stage)
        vacant += 1
    }
}
