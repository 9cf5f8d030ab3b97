import Accounts
import Testing

@Suite struct PasswordHashTests {
    /// What each tool printed for the password `secret`.
    static let hashes: [String] = [
        "$2y$05$UK9vfiUbGryhiFjtppsM8usHt5ZqrMN/xnhwp9TXybzWbKUN023Cq",
        "$2a$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a",
        "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a",
        "$6$og7CHNG6ZK6iESk6$Uo1YC34FGy8naU4p/Ybo.kdhMRy9xACcMA3MGgRvqLDYmLWGx2VAyrJfbtsjnfqqG1tbp2Ivct7HJyDp0KJRt/",
        "$5$jSVs0ToyUe4L8i1D$f9bz/8GgJgrCjqWtc46ifNI6Jvo/81LpQ4uxh.f37z0",
        "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$GmcwIgvdUC9qLWcKCi6gklUa1dM3ziD43YxYNURLKy0",
        "$7$CU..../....abcdefgh$XWs9HxtpA2.6U5CDBBbcW.h3o9pYlC.MIIb8JqMgZx6",
    ]

    @Test(arguments: hashes) func takesTheHashesOfOtherPrograms(_ text: String) throws {
        let hash = try PasswordHash(text)
        #expect(hash.matches("secret"))
        #expect(!hash.matches("Secret"))
        #expect(!hash.matches("secret "))
        #expect(throws: PasswordHash.Problem.self) { try PasswordHash(String(text.dropLast())) }
        #expect(throws: PasswordHash.Problem.self) { try PasswordHash(text + "a") }
    }

    @Test func kindIsMethodAndCost() throws {
        let kinds = ["$2y$05", "$2a$05", "$2b$05", "$6$", "$5$", "$y$j9T", "$7$CU..../...."]
        #expect(try Self.hashes.map { try PasswordHash($0).kind } == kinds)
    }

    @Test func takesItsOwnHashes() throws {
        let hash = try #require(PasswordHash.make(of: "pässword: with $"))
        #expect(hash.text.hasPrefix("$y$"))
        #expect(hash.matches("pässword: with $"))
        #expect(!hash.matches("pässword: with "))
        #expect(!hash.matches(""))
        #expect(!hash.matches("pässword: with $\0"))
        #expect(!hash.matches(String(repeating: "x", count: 10_000)))
        #expect(PasswordHash.make(of: String(repeating: "x", count: 512)) == nil)
        #expect(PasswordHash.make(of: "a\0b") == nil)
        #expect("\(hash)" == "***" && !"\(String(reflecting: hash))".contains(hash.text))
    }

    @Test(arguments: [
        "", "secret", "$", "$y$", "$apr1$abc$def", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "$1$abc$9cvLMmmUiqhALjzlDKLqf1", "*", "!", "$6$",
        "$2y$05$kPrDqS2IAD6mpJdAZUbWKODUDWXqpnWIjWDt3ICLhnwwqrnVGQLl", "$2y$99$kPrDqS2IAD6mpJdAZUbWKODUDWXqpnWIjWDt3ICLhnwwqrnVGQLlK",
        "$6$salt$tooshort", "$y$j9T$salt$short", "ab1234567890.", "$2y$05$kPrDqS2IAD6mpJdAZUbWKODUDWXqpnWIjWDt3ICLhnwwqrnVGQLlK\n",
    ])
    func refusesWhatItCannotCheck(_ text: String) {
        #expect(throws: PasswordHash.Problem.self) { try PasswordHash(text) }
    }
}

@Suite struct SignedLinkTests {
    private let keys = [LinkKey(name: "website", key: "k1"), LinkKey(name: "wall", key: "k2")]

    /// Made with `printf 'yard\n1700000000' | openssl dgst -sha256 -hmac k1 -binary | base64 | tr +/ -_ | tr -d =`.
    @Test func signsAsOthersDo() {
        #expect(
            SignedLink(to: "yard", until: 1_700_000_000, by: keys[0]).query
                == "exp=1700000000&key=website&sig=aGC_CQ9_HhKGJHPOpOSO2Fy4eT39wnrvSc2H-gbzYrs")
    }

    @Test func opensItsSourceOnly() {
        let link = SignedLink(to: "yard", until: 0, by: keys[0])
        #expect(link.isSigned(for: "yard", by: keys))
        #expect(link.end == nil)
        #expect(!link.isSigned(for: "front", by: keys))
        #expect(!link.isSigned(for: "yard", by: []))
        #expect(!link.isSigned(for: "yard", by: [LinkKey(name: "website", key: "k2")]))
        #expect(!SignedLink(expiry: "1", key: "website", signature: link.signature).isSigned(for: "yard", by: keys))
        #expect(!SignedLink(expiry: "0", key: "wall", signature: link.signature).isSigned(for: "yard", by: keys))
    }

    @Test func oneChangedCharacterEndsIt() {
        let link = SignedLink(to: "yard", until: 0, by: keys[0])
        for index in link.signature.indices {
            var signature = link.signature
            let letter = signature[index]
            signature.replaceSubrange(index...index, with: letter == "A" ? "B" : "A")
            #expect(!SignedLink(expiry: "0", key: "website", signature: signature).isSigned(for: "yard", by: keys), "\(signature)")
        }
    }

    @Test(arguments: ["", "-1", "+1", "1e9", " 1", "99999999999999999999", "00000000000000000000"])
    func refusesOddEnds(_ expiry: String) {
        let made = SignedLink(to: "yard", until: 0, by: keys[0])
        #expect(!SignedLink(expiry: expiry, key: "website", signature: made.signature).isSigned(for: "yard", by: keys))
    }
}

@Suite struct SessionCookieTests {
    private let anna = Account(name: "anna ü.", password: .plain("secret"))
    private let key: [UInt8] = Array("session".utf8)

    @Test func holdsForItsTime() throws {
        let value = SessionCookie.value(for: anna, at: 1000, key: key)
        #expect(value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") })
        let (account, left) = try #require(SessionCookie.account(of: value, among: [anna], at: 1001, key: key))
        #expect(account == anna && left == SessionCookie.lifetime - 1)
        #expect(SessionCookie.account(of: value, among: [anna], at: 1000 + SessionCookie.lifetime, key: key) == nil)
        #expect(SessionCookie.account(of: value, among: [anna], at: 999, key: key) == nil)
    }

    @Test func endsWithThePasswordTheUserAndTheKey() {
        let value = SessionCookie.value(for: anna, at: 1000, key: key)
        let changed = Account(name: anna.name, password: .plain("secret2"))
        #expect(SessionCookie.account(of: value, among: [changed], at: 1001, key: key) == nil)
        #expect(SessionCookie.account(of: value, among: [], at: 1001, key: key) == nil)
        #expect(SessionCookie.account(of: value, among: [anna], at: 1001, key: [1]) == nil)
        for index in value.indices {
            var forged = value
            forged.replaceSubrange(index...index, with: value[index] == "A" ? "B" : "A")
            #expect(SessionCookie.account(of: forged, among: [anna], at: 1001, key: key) == nil, "\(forged)")
        }
    }
}

@Suite struct GuessTableTests {
    @Test func fiveTriesAreFree() {
        var table = GuessTable()
        for _ in 1...5 {
            #expect(table.wait(of: "a", at: 100) == nil)
            table.noteWrong(from: "a", at: 100)
        }
        #expect(table.wait(of: "a", at: 100) == 2)
        #expect(table.wait(of: "b", at: 100) == nil)
        #expect(table.wait(of: "a", at: 102) == nil)
    }

    @Test func waitsDoubleUpToAMinute() {
        var table = GuessTable()
        var now = 0
        var waits: [Int] = []
        for _ in 1...14 {
            table.noteWrong(from: "a", at: now)
            let wait = table.wait(of: "a", at: now) ?? 0
            waits.append(wait)
            now += wait
        }
        #expect(waits == [0, 0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60])
        #expect(table.wait(of: "a", at: now + 901) == nil)
        table.noteWrong(from: "a", at: now + 901)
        #expect(table.wait(of: "a", at: now + 901) == nil)
    }

    @Test func manyAddressesKeepItBounded() {
        var table = GuessTable()
        for _ in 1...6 { table.noteWrong(from: "guesser", at: 1000) }
        for number in 0..<20_000 { table.noteWrong(from: "a\(number)", at: 1000) }
        #expect(table.wait(of: "guesser", at: 1000) != nil)
    }
}
