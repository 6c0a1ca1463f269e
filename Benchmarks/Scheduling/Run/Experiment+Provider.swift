import SluiceCore
import SluiceScheduling

/// What the provider does with requests, and what the run does with its replies.
extension Experiment {
    mutating func happen(_ event: Event) {
        let place = Int(event.flight)
        if event.kind == .arrive { return arrive(place) }
        if event.kind == .reserved { return handOut(place) }
        let flight = flights[place]
        let row = Int(flight.row)
        if rows[row].stage != .inFlight { violate("row \(row) got a reply at \(seconds) s, and was not sent") }
        free.append(event.flight)
        inFlight -= 1
        switch event.kind {
        case .answer: answer(row, flight)
        case .refused: refused(row, flight)
        case .broken: broken(row, flight)
        case .unreachable:
            spend?.end(atMost: flight.grant.ceiling, billed: .zero)
            send(.settled(flight.grant, .unreachable(reason: "refused")))
            pay(flight.grant, cost: .zero)
            ask(row, isRetry: true)
        case .invalid:
            dead[flight.grant.account] = true
            send(.settled(flight.grant, .retired(reason: "invalid")))
            ask(row, isRetry: true)
        case .arrive, .reserved: break
        }
    }

    private mutating func answer(_ row: Int, _ flight: Flight) {
        let state = rows[row].row
        let key = flight.grant.account
        let counter = scenario.keys[key].counter ?? key
        let used = TokenUse(input: state.input, output: state.output)
        counters[counter].end()
        counters[counter].settle(entry: flight.entry, charged: flight.charged, used: used, at: seconds)
        if scenario.keys[key].truth.charge != .estimated {
            let moment = seconds
            room?.settle(key, reserved: flight.grant.tokens, used: used, at: moment)
        }
        answers += 1
        meanOutput += (Double(state.output) - meanOutput) / min(answers, 200)
        result.note(answer: used, account: key, acceptedAt: flight.grant.sentAt)
        let cost = SpendWitness.price(input: state.input, output: state.output)
        spend?.end(atMost: flight.grant.ceiling, billed: cost)
        if dayWitness != nil {
            count(.tokens, Double(used.total), flight.grant)
            count(.money, Double(cost.picodollars), flight.grant)
        }
        if let told = scenario.faults.told(key: scenario.keys[key], counters[counter], at: seconds) {
            send(.told(flight.grant, told))
        }
        send(.settled(flight.grant, .answered(tokens: used), cost: cost))
        pay(flight.grant, cost: cost)
        end(row, as: .answered)
    }

    private mutating func refused(_ row: Int, _ flight: Flight) {
        result.note(refusalAt: seconds, isStray: flight.isStray)
        if isTruthful {
            violate("row \(row) was refused by key \(flight.grant.account) at \(seconds) s: a limit is exceeded")
        }
        let wait = flight.wait * scenario.faults.retryAfterFactor
        spend?.end(atMost: flight.grant.ceiling, billed: .zero)
        send(.settled(flight.grant, .throttled(wait: scenario.faults.saysRetryAfter ? .seconds(wait) : nil)))
        pay(flight.grant, cost: .zero)
        ask(row, isRetry: true)
    }

    private mutating func broken(_ row: Int, _ flight: Flight) {
        rows[row].attempts += 1
        counters[scenario.keys[flight.grant.account].counter ?? flight.grant.account].end()
        // The provider bills what it has generated; the client knows only that it cannot be more than the most.
        let generated = Int(Double(rows[row].row.output) * random.unit())
        spend?.end(
            atMost: flight.grant.ceiling,
            billed: SpendWitness.price(input: rows[row].row.input, output: generated))
        send(.settled(flight.grant, .failed(reason: "http 500")))
        pay(flight.grant, cost: flight.grant.ceiling)
        guard rows[row].attempts < 6 else { return end(row, as: .failed) }
        let delay = Backoff().delay(attempt: Int(rows[row].attempts), using: &random)
        ask(row, isRetry: true, notBefore: Instant(nanoseconds: now) + delay, avoiding: flight.grant.credential)
    }

    private mutating func arrive(_ place: Int) {
        if let change = scenario.faults.change, !isChanged, seconds >= change.at {
            isChanged = true
            for index in counters.indices { counters[index].change(by: change.factor, at: seconds) }
        }
        let flight = flights[place]
        let key = scenario.keys[flight.grant.account]
        if let outage = scenario.faults.outage {
            if outage.contains(seconds) { return schedule(0.001, Int32(place), .unreachable) }
            result.note(arrivalAt: seconds, after: outage.upperBound)
        }
        if let dies = key.dies, seconds >= dies { return schedule(0.01, Int32(place), .invalid) }
        let row = rows[Int(flight.row)].row
        let charged = TokenUse(input: row.input, output: key.truth.charge == .actual ? 0 : scenario.mix.maxOutput)
        let counter = key.counter ?? flight.grant.account
        let isStray = scenario.faults.strays > 0 && random.unit() < scenario.faults.strays
        let isCrowded = counters[counter].isFull
        let verdict =
            isStray || isCrowded ? (entry: nil, wait: 1) : counters[counter].admit(charged: charged, at: seconds)
        guard let entry = verdict.entry else {
            flights[place].wait = verdict.wait
            flights[place].isStray = isStray
            return schedule(0.001, Int32(place), .refused)
        }
        flights[place].entry = entry
        flights[place].charged = charged
        counters[counter].begin()
        if scenario.faults.isBursting(at: seconds) { return schedule(0.005, Int32(place), .broken) }
        if scenario.faults.serverErrors > 0, random.unit() < scenario.faults.serverErrors {
            return schedule(row.latency * random.unit(), Int32(place), .broken)
        }
        var latency = row.latency
        if scenario.faults.stalls > 0, random.unit() < scenario.faults.stalls { latency *= 20 }
        schedule(latency + 0.001, Int32(place), .answer)
    }
}
