import Accounts
import CameraURL
import RelayConfiguration
import Testing

@testable import Relay

/// Who may go on watching after a reload.
@Suite struct AudienceTests {
    private static func account(isOperator: Bool, password: String = "secret") -> Account {
        Account(name: "anna", password: .plain(password), isOperator: isOperator)
    }

    /// What she was, what she is now, and whether her stream goes on.
    @Test(arguments: [(false, false, true), (true, true, true), (false, true, true), (true, false, false)])
    func anOperatorWhoIsNoneAnyMoreComesAgain(wasOperator: Bool, isOperator: Bool, stays: Bool) throws {
        let source = SourceConfiguration(name: "a", upstream: .camera(try CameraURL("http://192.0.2.1/")))
        var access = AccessConfiguration()
        access.users = [Self.account(isOperator: isOperator)]
        #expect(Audience.stillMayWatch(source, .user(Self.account(isOperator: wasOperator)), access) == stays)
        access.users = [Self.account(isOperator: isOperator, password: "another")]
        #expect(!Audience.stillMayWatch(source, .user(Self.account(isOperator: wasOperator)), access))
    }
}
