import Glibc
import Testing
import Text

@Suite struct SystemErrorTests {
    @Test func theSystemsWordsGoOnWithASentence() {
        #expect(SystemError.message(ECONNREFUSED) == "connection refused")
        #expect(SystemError.words(ECONNREFUSED) == "Connection refused")
        #expect(SystemError.message(EIO) == "input/output error")
        #expect(SystemError.message(54321).contains("54321"))
    }
}
