internal import NIOCore
internal import SluiceCore

extension Connection {
    /// Undoes the coding of the whole body; false if there is no memory for that yet.
    func unpack(_ coding: ContentCoding) throws(ResponseError) -> Bool {
        var size = min(Inflater.promise(parser.body, coding), pool.replyCap)
        while true {
            guard size <= room.size || hasRoom(size) else { return false }
            // A connection that ended while it waited for memory waits no longer, nor a second time.
            let cap = !room.isHeld && context != nil ? room.size : .max
            let result = Result { () throws(ResponseError) in try pool.decode(parser.body, coding, cap: cap) }
            // It is larger than it said, but perhaps not too large.
            if case .failure(.tooLarge) = result, cap < pool.replyCap {
                size = min(room.size * 2, pool.replyCap)
            } else {
                parser.replaceBody(try result.get())
                return true
            }
        }
    }

    /// Takes memory for a reply that is larger than what there is room for; if there is none, nothing more is read
    /// until there is.
    func hasRoom(_ size: Int) -> Bool {
        guard !room.isHeld, let context, let exchange, let memory = pool.memory else { return true }
        let wanted = room.grown(to: parser.isSizeKnown ? size : max(size, min(2 * room.size, pool.replyCap)))
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        let isTaken = memory.take(wanted.size - room.size, isFirst: room.taken == 0) {
            [loop = context.eventLoop, number = exchange.number] in
            loop.execute {
                if !connection.value.goOn(number, with: wanted) { memory.giveBack(wanted.taken) }
            }
        }
        if isTaken {
            room = wanted
            if !parser.isDone { parser.reserve(room.size) }
        } else {
            room.heldSince = .now()
            deadline = .distantFuture
            read(false)
        }
        return isTaken
    }

    /// There is memory for the reply that waited for it; false if nobody waits for the reply any more.
    private func goOn(_ number: UInt64, with room: ReplyRoom) -> Bool {
        guard let since = self.room.heldSince, exchange?.number == number else { return false }
        self.room = room
        if !parser.isDone { parser.reserve(room.size) }
        // The time in which nothing was read was not the server's.
        exchange?.allow(.now() - since)
        guard let exchange else { return false }
        deadline = exchange.deadline
        pool.watch(deadline)
        read(true)
        advance(exchange)
        return true
    }

    private func read(_ isOn: Bool) {
        // It fails on a channel that has closed, which reads nothing either way.
        try? context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
