import Testing

@testable import RelayConfiguration

@Suite struct RateTextTests {
    @Test(arguments: [("500kbit", 500_000), ("20Mbit", 20_000_000), ("1.5Gbit", 1_500_000_000), ("0.25Mbit", 250_000), ("1kbit", 1000)])
    func rates(text: String, bits: Int) { #expect(RateText.parse(text) == bits) }

    @Test(arguments: [
        "", "kbit", "500", "500k", "500kb", "500Kbit", "20mbit", "20 Mbit", "-1Mbit", ".5Mbit", "5.Mbit", "1.2.3Mbit", "1e3kbit", "0kbit",
        "0.5kbit", "9999999kbit", "999999Gbit", "+1Mbit", "\u{661}Mbit",
    ])
    func textsThatAreNoRates(text: String) { #expect(RateText.parse(text) == nil) }
}
