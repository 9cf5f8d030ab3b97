import Foundation
import TestSupport
import Testing

@testable import Certificates

@Suite struct CertificateWatchTests {
    /// Looks as its owner would, for so many ticks; returns what came of it.
    private static func run(_ watch: inout CertificateWatch, ticks: Int) -> (looks: Int, served: Int, told: [CertificateProblem]) {
        var result = (looks: 0, served: 0, told: [CertificateProblem]())
        for _ in 0..<ticks where watch.isDue() {
            result.looks += 1
            switch watch.look(watch.newPair) {
            case .nothing: break
            case .serve: result.served += 1
            case .tell(let problem): result.told.append(problem)
            }
        }
        return result
    }

    private static func replace(_ path: String, with other: String) throws {
        #expect(rename(other, path) == 0)
    }

    @Test func aNewPairIsServedOnceAndAnUnchangedOneNever() throws {
        try withAuthority { authority in
            let a = try authority.issue("a", for: ["a.example"])
            var watch = try CertificateWatch(CertificateFiles(chain: a.chain, key: a.key))
            var result = Self.run(&watch, ticks: 120)
            #expect(result.looks == 10 && result.served == 0 && result.told.isEmpty)
            let b = try authority.issue("b", for: ["b.example"])
            try Self.replace(a.chain, with: b.chain)
            try Self.replace(a.key, with: b.key)
            result = Self.run(&watch, ticks: 120)
            #expect(result.served == 1 && result.told.isEmpty)
            #expect(watch.pair.names == ["b.example"])
        }
    }

    @Test func halfAPairIsAwaitedInSilenceForAMinuteThenToldOnce() throws {
        try withAuthority { authority in
            let a = try authority.issue("a", for: ["a.example"])
            var watch = try CertificateWatch(CertificateFiles(chain: a.chain, key: a.key))
            let b = try authority.issue("b", for: ["b.example"])
            try Self.replace(a.chain, with: b.chain)
            // The look that is due within a minute, and a minute of looks behind it.
            var result = Self.run(&watch, ticks: 12 + 11)
            #expect(result.looks == 12 && result.told.isEmpty && watch.problem == nil)
            result = Self.run(&watch, ticks: 100)
            #expect(result.told.map(\.message) == ["this key does not fit the certificate"])
            #expect(watch.problem == result.told.first && watch.pair.names == ["a.example"])
            // The other half comes.
            try Self.replace(a.key, with: b.key)
            result = Self.run(&watch, ticks: 1)
            #expect(result.served == 1 && watch.problem == nil && watch.pair.names == ["b.example"])
            // And once more, so that patience begins anew.
            let c = try authority.issue("c", for: ["c.example"])
            try Self.replace(a.key, with: c.key)
            result = Self.run(&watch, ticks: 23)
            #expect(result.told.isEmpty)
            // Gone back to what is served: nothing was ever wrong.
            let d = try authority.issue("d", for: ["d.example"])
            try Self.replace(a.chain, with: c.chain)
            result = Self.run(&watch, ticks: 1)
            #expect(result.served == 1)
            unlink(a.chain)
            result = Self.run(&watch, ticks: 40)
            #expect(result.told.map(\.message) == ["there is no such file"])
            try Self.replace(a.chain, with: d.chain)
            result = Self.run(&watch, ticks: 40)
            #expect(result.told.map(\.message) == ["this key does not fit the certificate"])
        }
    }
}
