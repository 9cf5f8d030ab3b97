import RelayConfiguration

extension Source {
    /// Publishes the source to the relays that its configuration names, and to no others.
    func pushAsConfigured() {
        let wanted = configuration.push
        let ended = pushers.withLock { pushers in
            let ended = pushers.filter { !wanted.contains($0.push) }
            pushers = wanted.map { push in pushers.first { $0.push == push } ?? Pusher(push, of: self) }
            return ended
        }
        for pusher in ended { pusher.end() }
    }

    /// Ends all that comes from publishers and goes to other relays.
    func endPublishing() {
        desk.endCurrent()
        let all = pushers.withLock { pushers in
            defer { pushers = [] }
            return pushers
        }
        for pusher in all { pusher.end() }
    }
}
