import NIOCore
import Testing

@testable import Relay

/// Who is ended where answers that nobody reads keep too much.
@Suite struct AnswerLedgerTests {
    private static let mebibyte = 1 << 20
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// Connections by number.
    private final class Names {
        private final class Connection {}
        private var connections: [Connection] = []

        func callAsFunction(_ number: Int) -> AnswerLedger.ID {
            while connections.count <= number { connections.append(Connection()) }
            return ObjectIdentifier(connections[number])
        }

        func number(_ id: AnswerLedger.ID) -> Int? { connections.firstIndex { ObjectIdentifier($0) == id } }
    }

    private static func piece(_ number: Int, _ mebibytes: Int = 4) -> AnswerLedger.Piece {
        AnswerLedger.Piece(address: UInt(number), bytes: mebibytes * mebibyte)
    }

    @Test func oneBufferCountsOnceHoweverManyKeepIt() {
        let names = Names()
        var ledger = AnswerLedger()
        for number in 0..<1000 {
            #expect(ledger.keep([Self.piece(1)], for: names(number), of: "192.0.2.\(number)", takenBytes: 0, at: Self.start).isEmpty)
        }
        #expect(ledger.bytes == 4 * Self.mebibyte)
        for number in 0..<999 { ledger.release(names(number)) }
        #expect(ledger.bytes == 4 * Self.mebibyte)
        ledger.release(names(999))
        ledger.release(names(999))
        #expect(ledger.bytes == 0)
    }

    @Test func householdThatKeepsMostLosesItsSlowest() {
        let names = Names()
        var ledger = AnswerLedger()
        // Four of one household within its share, others with one each.
        for number in 0..<4 {
            let at = Self.start + .seconds(Int64(number))
            #expect(ledger.keep([Self.piece(number)], for: names(number), of: "2001:db8::/64", takenBytes: 0, at: at).isEmpty)
        }
        for number in 4..<8 {
            #expect(ledger.keep([Self.piece(number)], for: names(number), of: "192.0.2.\(number)", takenBytes: 0, at: Self.start).isEmpty)
        }
        // The oldest reads well, the third has stopped; who comes last is let in.
        ledger.took(3 * Self.mebibyte, names(0))
        ledger.took(1000, names(1))
        ledger.took(500, names(2))
        ledger.took(4000, names(3))
        let ended = ledger.keep([Self.piece(8)], for: names(8), of: "198.51.100.1", takenBytes: 0, at: Self.start + .seconds(60))
        #expect(ended.map { names.number($0) } == [2])
        #expect(ledger.bytes == 32 * Self.mebibyte)
    }

    @Test func oneAddressKeepsNoMoreThanItsShare() {
        let names = Names()
        var ledger = AnswerLedger()
        var ended: [Int?] = []
        for number in 0..<10 {
            let at = Self.start + .seconds(Int64(number))
            ended += ledger.keep([Self.piece(number)], for: names(number), of: "192.0.2.1", takenBytes: 100, at: at).map {
                names.number($0)
            }
        }
        #expect(ended == [0, 1, 2, 3, 4, 5])
        #expect(ledger.bytes == 16 * Self.mebibyte)
    }

    @Test func smallAnswersOfOneHouseholdAreNotEndedForItsLargeOnes() {
        let names = Names()
        var ledger = AnswerLedger()
        let small = AnswerLedger.Piece(address: 1000, bytes: 20_000)
        _ = ledger.keep([small], for: names(100), of: "192.0.2.1", takenBytes: 0, at: Self.start)
        var ended: [Int?] = []
        for number in 0..<6 {
            let id = names(number)
            let at = Self.start + .seconds(10)
            ended += ledger.keep([Self.piece(number, 3)], for: id, of: "192.0.2.1", takenBytes: 1000, at: at).map { names.number($0) }
        }
        #expect(ended.count == 1 && ended != [100])
        #expect(ledger.bytes == 15 * Self.mebibyte + 20_000)
    }

    @Test func pictureLargerThanAllIsStillGiven() {
        let names = Names()
        var ledger = AnswerLedger()
        for number in 0..<3 {
            #expect(ledger.keep([Self.piece(number, 40)], for: names(number), of: "192.0.2.1", takenBytes: 0, at: Self.start).isEmpty)
        }
        #expect(ledger.keep([Self.piece(3, 40)], for: names(3), of: "192.0.2.1", takenBytes: 0, at: Self.start).count == 1)
        #expect(ledger.bytes == 120 * Self.mebibyte)
    }

    @Test func manyReadersOfTheNewestAreLighterThanOneOfAnOldOne() {
        let names = Names()
        var ledger = AnswerLedger()
        for number in 0..<100 { _ = ledger.keep([Self.piece(0)], for: names(number), of: "192.0.2.1", takenBytes: 0, at: Self.start) }
        var ended: [Int?] = []
        for number in 1...7 {
            let id = names(100 + number)
            let network = "203.0.113.\(number)"
            ended += ledger.keep([Self.piece(number, 5)], for: id, of: network, takenBytes: 9, at: Self.start).map { names.number($0) }
        }
        #expect(ended.count == 2 && ended.allSatisfy { $0 ?? 0 > 100 }, "\(ended)")
        #expect(ledger.bytes == 29 * Self.mebibyte)
    }
}
