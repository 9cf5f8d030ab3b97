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

    /// Keeps one piece each, and says who is ended.
    private struct Crowd {
        let names = Names()
        var ledger = AnswerLedger()
        var now = AnswerLedgerTests.start
        var ended: [Int] = []

        mutating func keep(_ number: Int, _ piece: AnswerLedger.Piece, of network: String) {
            ended += ledger.keep([piece], for: names(number), of: network, at: now).compactMap { names.number($0) }
        }

        mutating func take(_ bytes: Int, _ number: Int) { ledger.took(bytes, names(number)) }
    }

    @Test func oneBufferCountsOnceHoweverManyKeepIt() {
        var crowd = Crowd()
        for number in 0..<1000 { crowd.keep(number, Self.piece(1, 40), of: "192.0.2.\(number)") }
        crowd.now = Self.start + .seconds(60)
        crowd.keep(1000, Self.piece(1, 40), of: "192.0.2.1")
        #expect(crowd.ended.isEmpty && crowd.ledger.bytes == 40 * Self.mebibyte)
        for number in 0..<1000 { crowd.ledger.release(crowd.names(number)) }
        #expect(crowd.ledger.bytes == 40 * Self.mebibyte)
        crowd.ledger.release(crowd.names(1000))
        crowd.ledger.release(crowd.names(1000))
        #expect(crowd.ledger.bytes == 0)
    }

    @Test func whereItIsFullTheSlowestOfThoseWhoHarmMostIsEnded() {
        var crowd = Crowd()
        for number in 0..<4 { crowd.keep(number, Self.piece(number), of: "2001:db8::/64") }
        for number in 4..<8 { crowd.keep(number, Self.piece(number), of: "192.0.2.\(number)") }
        // The first of the household reads well, the third has stopped; the others read as slowly as one may.
        for (number, bytes) in [(0, 3 << 20), (1, 1000), (2, 500), (3, 4000), (4, 20_000), (5, 900), (6, 1 << 20), (7, 1 << 20)] {
            crowd.take(bytes, number)
        }
        crowd.now = Self.start + .seconds(60)
        crowd.keep(8, Self.piece(8), of: "198.51.100.1")
        #expect(crowd.ended == [2])
        #expect(crowd.ledger.bytes == 32 * Self.mebibyte)
    }

    /// Somebody honest keeps a picture that nobody else has any more; hoarders of many addresses share theirs.
    @Test func slowButSteadyReaderIsNotEndedForThoseWhoReadNothing() {
        var crowd = Crowd()
        crowd.keep(0, Self.piece(0), of: "203.0.113.1")
        for second in 1...120 {
            crowd.now = Self.start + .seconds(Int64(second))
            // 80 kB/s: fifty seconds for the picture.
            crowd.take(80_000, 0)
            for hoarder in 0..<5 { crowd.keep(second * 5 + hoarder, Self.piece(second * 2 + hoarder % 2), of: "192.0.2.\(hoarder)") }
        }
        #expect(!crowd.ended.contains(0) && crowd.ended.count > 500)
        #expect(crowd.ledger.bytes <= 64 * Self.mebibyte)
    }

    @Test func oneAddressKeepsNoMoreThanItsShare() {
        var crowd = Crowd()
        for number in 0..<10 {
            crowd.now = Self.start + .seconds(Int64(number * 5))
            crowd.keep(number, Self.piece(number), of: "192.0.2.1")
        }
        #expect(crowd.ended == [0, 1, 2, 3, 4, 5])
        #expect(crowd.ledger.bytes == 16 * Self.mebibyte)
    }

    @Test func whoHasJustBegunIsEndedForAllOnlyAboveTwiceAsMuch() {
        var crowd = Crowd()
        for number in 0..<16 { crowd.keep(number, Self.piece(number), of: "192.0.2.\(number)") }
        #expect(crowd.ended.isEmpty && crowd.ledger.bytes == 64 * Self.mebibyte)
        for number in 16..<100 { crowd.keep(number, Self.piece(number), of: "198.51.100.\(number)") }
        #expect(crowd.ended.count == 84 && crowd.ledger.bytes == 64 * Self.mebibyte)
        crowd.now = Self.start + .seconds(4)
        crowd.keep(100, Self.piece(100), of: "203.0.113.1")
        #expect(crowd.ledger.bytes == 32 * Self.mebibyte)
    }

    @Test func floodOfOneHouseholdEndsNobodyElse() {
        var crowd = Crowd()
        crowd.keep(1000, Self.piece(1000), of: "203.0.113.1")
        crowd.keep(1001, Self.piece(1001), of: "203.0.113.2")
        for number in 0..<200 {
            crowd.now = Self.start + .milliseconds(Int64(number * 100))
            crowd.keep(number, Self.piece(number), of: "2001:db8::/64")
        }
        #expect(crowd.ended.count == 196 && crowd.ended.allSatisfy { $0 < 1000 })
    }

    @Test func smallAnswersOfOneHouseholdAreNotEndedForItsLargeOnes() {
        var crowd = Crowd()
        crowd.keep(100, AnswerLedger.Piece(address: 1000, bytes: 20_000), of: "192.0.2.1")
        for number in 0..<6 { crowd.keep(number, Self.piece(number, 3), of: "192.0.2.1") }
        crowd.now = Self.start + .seconds(20)
        crowd.keep(6, Self.piece(6, 3), of: "192.0.2.1")
        #expect(crowd.ended.count == 2 && !crowd.ended.contains(100))
        #expect(crowd.ledger.bytes == 15 * Self.mebibyte + 20_000)
    }

    @Test func picturesLargerThanAllAreStillGiven() {
        var crowd = Crowd()
        for number in 0..<3 { crowd.keep(number, Self.piece(number, 40), of: "192.0.2.1") }
        crowd.now = Self.start + .seconds(20)
        #expect(crowd.ended.isEmpty)
        crowd.keep(3, Self.piece(3, 40), of: "192.0.2.1")
        #expect(crowd.ended.count == 1 && crowd.ledger.bytes == 120 * Self.mebibyte)
    }
}
