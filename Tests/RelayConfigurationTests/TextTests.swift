import Testing

@testable import RelayConfiguration

/// The small readers of words.
@Suite struct TextTests {
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

    @Test(arguments: [("64KiB", 65536), ("16MiB", 16_777_216), ("1GiB", 1 << 30), ("0KiB", 0)])
    func sizes(text: String, bytes: Int) {
        #expect(SizeText.parse(text) == bytes)
    }

    @Test(arguments: ["", "KiB", "64", "64K", "64KB", "64kib", "64B", "-1KiB", "1.5MiB", "64 KiB", "1000000000KiB"])
    func textsThatAreNoSizes(text: String) {
        #expect(SizeText.parse(text) == nil)
    }

    @Test(arguments: [
        ("prot", "port"), ("ports", "port"), ("Port", "port"), ("ur", "url"), ("stall-timeout", "stall_timeout"), ("fsp", "fps"),
        ("recconect_mni", "reconnect_min"), ("maxframesize", "max_frame_size"),
    ])
    func slipsAreUnderstood(word: String, meant: String) {
        #expect(Spelling.closest(to: word, among: ConfigurationKeys.source.map(\.name)) == meant)
    }

    @Test(arguments: ["", "framerate", "quality", "resolution", "x", "timeout", String(repeating: "p", count: 1000)])
    func otherWordsBringNothingToMind(word: String) {
        #expect(Spelling.closest(to: word, among: ConfigurationKeys.source.map(\.name)) == nil)
    }

    @Test(arguments: [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("abc", "acb", 1), ("kitten", "sitting", 3), ("port", "prot", 1)])
    func distances(from: String, to: String, distance: Int) {
        #expect(Spelling.distance(Array(from.utf8), Array(to.utf8)) == distance)
        #expect(Spelling.distance(Array(to.utf8), Array(from.utf8)) == distance)
    }

    @Test(arguments: [
        ("relay.yaml", ""), ("./relay.yaml", "."), ("/relay.yaml", "/"), ("/etc/x/relay.yaml", "/etc/x"), ("a/b", "a"), ("//x", "/"),
    ])
    func foldersOfFiles(path: String, folder: String) {
        #expect(PathText.folder(of: path) == folder)
    }
}
