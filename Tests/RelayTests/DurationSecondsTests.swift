import Testing

@testable import Relay

@Suite struct DurationSecondsTests {
    @Test(arguments: [(0, "0.0s"), (50, "0.1s"), (2_540, "2.5s"), (61_000, "61.0s")])
    func durationsReadAsSeconds(milliseconds: Int, text: String) {
        #expect(Duration.milliseconds(milliseconds).formattedSeconds == text)
    }
}
