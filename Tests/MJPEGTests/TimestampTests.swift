import MJPEG
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (1_700_000_000_123_456, "1700000000.123456"), (0, "0.000000"), (7, "0.000007"), (-500_000, "-0.500000"),
    ]) func isWrittenWithSixDecimals(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test(arguments: [
        ("1700000000.123456", 1_700_000_000_123_456), ("1700000000", 1_700_000_000_000_000), ("1.5", 1_500_000),
        (" 1.1234567891 ", 1_123_456), ("1.", 1_000_000), ("000000000001", 1_000_000), ("999999999999.999999", 999_999_999_999_999_999),
    ]) func isReadWithAnyNumberOfDecimals(text: String, microseconds: Int64) {
        #expect(Timestamp(text) == Timestamp(microseconds: microseconds))
    }

    @Test(arguments: [
        "", " ", ".", ".5", "-1", "+1", "1e9", "1.2.3", "1 2", "now", "9999999999999", "1.0000000000000000000000000000000001",
    ])
    func otherTextsAreNone(text: String) {
        #expect(Timestamp(text) == nil)
    }
}
