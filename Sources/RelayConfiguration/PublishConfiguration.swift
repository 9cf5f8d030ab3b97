import Accounts

/// Who may publish a source's frames to the relay, in place of a camera that the relay dials. The description hides the password.
package struct PublishConfiguration: Equatable, Sendable {
    /// The password or hash with which a publisher's password is compared. A publisher may use any name.
    package var password: Account.Password
    /// The networks that publishers may come from; empty for every one.
    package var from: [AddressRange]

    package init(password: Account.Password, from: [AddressRange] = []) {
        self.password = password
        self.from = from
    }

    /// Whether a publisher may come from `address`, in text form; `unix` for whoever comes through a socket file.
    package func allows(_ address: String) -> Bool {
        from.isEmpty || from.contains { $0.contains(address) || ($0 == .unix && address == "unix") }
    }
}

extension PublishConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "publish" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
