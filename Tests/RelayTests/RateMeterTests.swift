import NIOCore
import Testing

@testable import Relay

@Suite struct RateMeterTests {
    @Test func ratesAreOfTheLastTenSeconds() {
        var meter = RateMeter()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        func sample(_ second: Int64) -> RateMeter.Sample {
            // 10 frames of 1000 bytes a second for 20 seconds, then none.
            let frames = UInt64(min(second, 20) * 10)
            return RateMeter.Sample(time: start + .seconds(second), framesIn: frames, bytesIn: frames * 1000, framesOut: 2 * frames)
        }
        #expect(meter.rates(to: sample(0)) == RateMeter.Rates())
        for second in 0...20 { meter.add(sample(Int64(second))) }
        let rates = meter.rates(to: sample(20))
        #expect(rates == RateMeter.Rates(framesIn: 10, bitsIn: 80000, framesOut: 20, bitsOut: 0))
        for second in 21...25 { meter.add(sample(Int64(second))) }
        #expect(meter.rates(to: sample(25)).framesIn == 5)
        for second in 26...40 { meter.add(sample(Int64(second))) }
        #expect(meter.rates(to: sample(40)).framesIn == 0)
    }
}
