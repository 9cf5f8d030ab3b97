import RelayConfiguration

extension Source {
    /// Begins the pushes that the configuration names, and ends all others.
    func pushAsConfigured() {
        let wanted = configuration.push
        let ended = pushers.withLock { pushers in
            let ended = pushers.filter { !wanted.contains($0.push) }
            pushers = wanted.map { push in pushers.first { $0.push == push } ?? Pusher(push, of: self) }
            return ended
        }
        for pusher in ended { pusher.end() }
    }

    /// Ends the publishers and the pushes.
    func endPublishing() {
        desk.endCurrent()
        let all = pushers.withLock { pushers in
            defer { pushers = [] }
            return pushers
        }
        for pusher in all { pusher.end() }
    }
}
