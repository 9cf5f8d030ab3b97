import RelayConfiguration
import Testing

@Suite struct AddressRangeTests {
    @Test(arguments: ["10.0.0.0/33", "10.0.0", "fd00::/129", "proxy", "10.0.0.0/", "", "10.0.0.0/-1", "unix/1"])
    func whatIsNoRangeIsRefused(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.0.0/15", "10.0.3.4", true),
        ("10.1.0.0/15", "10.2.0.0", false), ("0.0.0.0/0", "192.0.2.1", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("::/0", "192.0.2.1", true), ("fe80::/10", "fe80::1", true), ("fe80::/10", "fec0::1", false), ("192.0.2.1", "192.0.2.1", true),
    ])
    func rangeHoldsItsAddresses(_ range: String, _ address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }
}
