import Testing
import Text

@Suite struct HexadecimalTests {
    @Test func eachByteHasTwoDigits() {
        #expect(Hexadecimal.digits(of: [0, 9, 10, 0x5F, 0xA0, 0xFF]) == "00090a5fa0ff")
        #expect(Hexadecimal.digits(of: [0, 9, 10, 0x5F, 0xA0, 0xFF], .capital) == "00090A5FA0FF")
        #expect(Hexadecimal.digits(of: []) == "")
    }

    @Test func numbersAreFilledWithZerosAndNeverCut() {
        #expect(Hexadecimal.digits(of: UInt32(0), atLeast: 8) == "00000000")
        #expect(Hexadecimal.digits(of: UInt32(0xAB), atLeast: 4, .capital) == "00AB")
        #expect(Hexadecimal.digits(of: UInt32(0x10FFFF), atLeast: 4) == "10ffff")
        #expect(Hexadecimal.digits(of: UInt32.max, atLeast: 8) == "ffffffff")
    }
}
