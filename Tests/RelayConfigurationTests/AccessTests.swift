import Testing

@testable import RelayConfiguration

@Suite struct AccessTests {
    private func access(_ text: String) throws -> AccessConfiguration {
        try parse(text + "\nsources: {a: http://h/}").access
    }

    @Test func whatIsLeftOutIsOpenToAllPicturesAndNoFrames() throws {
        let access = try access("listen: 127.0.0.1:1")
        #expect(access == AccessConfiguration())
        #expect(access.cors == .anyone && access.admin.isEmpty && access.trustedProxies.isEmpty && access.frameAncestors.isEmpty)
        #expect(try parse("sources: {a: {url: http://h/, listed: false}, b: http://h/}").sources.map(\.isListed) == [false, true])
    }

    @Test func allKeysAreRead() throws {
        let access = try access(
            """
            admin: [127.0.0.1:54320, "unix:/run/a.sock"]
            trusted_proxies: [10.0.0.0/8, unix, "fd00::/8"]
            cors: https://Home.example:8123
            frame_ancestors: [https://home.example, http://192.0.2.1]
            """)
        #expect(access.admin == [.ip(host: "127.0.0.1", port: 54320), .unix(path: "/run/a.sock")])
        #expect(access.trustedProxies == ["10.0.0.0/8", "unix", "fd00::/8"].compactMap { AddressRange($0) })
        #expect(access.cors == .origins(["https://home.example:8123"]))
        #expect(access.frameAncestors == ["https://home.example", "http://192.0.2.1"])
        #expect(try self.access("cors: none").cors == .nobody)
        #expect(try self.access("cors: '*'").cors == .anyone)
        #expect(try self.access("frame_ancestors: '*'").frameAncestors == ["*"])
    }

    @Test(arguments: [
        ("cors: [https://a.example, '*']", "1:7: 'cors' must be *, none, or a list of origins such as https://home.example"),
        ("cors: home.example", "1:7: 'cors' must be *, none, or a list of origins such as https://home.example"),
        (
            "frame_ancestors: [\"https://a; script-src *\"]",
            "1:19: 'frame_ancestors' must be * or a list of origins such as https://home.example"
        ),
        ("frame_ancestors: https://a/b", "1:18: 'frame_ancestors' must be * or a list of origins such as https://home.example"),
        (
            "trusted_proxies: [10.0.0.0/40]",
            "1:19: 'trusted_proxies' must be an IP address, a range such as 10.0.0.0/8, unix, or a list of them"
        ),
        ("admin: '[::]:54321'", "1:8: this address is already taken by 'listen', which is [::]:54321 unless set"),
    ])
    func whatIsWrongIsToldWithItsPlace(_ text: String, _ problem: String) {
        #expect(problems(text + "\nsources: {a: http://h/}") == ["relay.yaml:" + problem])
    }
}
