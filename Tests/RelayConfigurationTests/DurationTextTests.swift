import Testing

@testable import RelayConfiguration

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("10s", .seconds(10)), ("2m", .seconds(120)), ("1h", .seconds(3600)), ("0ms", .zero),
        ("007s", .seconds(7)), ("999999999h", .seconds(999_999_999 * 3600)),
    ])
    func durations(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "s", "5", "5S", "5sec", "5 s", " 5s", "5s ", "-5s", "+5s", "1.5s", "1_0s", "5µs", "٥s", "1000000000s", "5s\u{301}",
    ])
    func textsThatAreNoDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        (Duration.zero, "0s"), (.milliseconds(1), "1ms"), (.milliseconds(1500), "1500ms"), (.seconds(90), "90s"), (.seconds(120), "2m"),
        (.seconds(7200), "2h"),
    ])
    func durationsAreShownInTheLargestUnitThatFits(duration: Duration, text: String) {
        #expect(DurationText.format(duration) == text)
    }
}
