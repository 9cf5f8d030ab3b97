import Testing

@testable import Relay

@Suite struct HTMLTests {
    @Test func isSafeInHTML() {
        #expect(HTML.escape("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
    }
}
