import CameraClient
import TestSupport
import Testing

@Suite struct MediaTypeTests {
    @Test(arguments: [
        ("multipart/x-mixed-replace;boundary=frame", "frame"),
        ("multipart/x-mixed-replace; boundary=--frame", "--frame"),
        ("multipart/x-mixed-replace;boundary=--video boundary--", "--video boundary--"),
        ("multipart/x-mixed-replace; boundary=two words ; charset=x", "two words"),
        ("multipart/x-mixed-replace; boundary =--myboundary", "--myboundary"),
        ("multipart/x-mixed-replace; boundary\t=\t --myboundary \t", "--myboundary"),
        ("multipart/x-mixed-replace; boundary= \"frame\"", "frame"),
        ("multipart/x-mixed-replace; boundary=\"a;b\";x=y", "a;b"),
        ("multipart/x-mixed-replace; boundary=\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d"),
        ("multipart/x-mixed-replace; boundary=\"  two words \"", "two words"),
        ("multipart/x-mixed-replace; boundary='frame'", "frame"),
        ("multipart/x-mixed-replace; boundary='fr\"ame'", "fr\"ame"),
        ("multipart/x-mixed-replace; boundary=it's", "it's"),
        ("multipart/x-mixed-replace; boundary='tis", "'tis"),
        ("multipart/x-mixed-replace; boundary=\"---osclivepreview---\"", "---osclivepreview---"),
        ("multipart/x-mixed-replace; boundary=\"open; x=y", "open"),
        ("multipart/x-mixed-replace; boundary=open\"", "open"),
        ("multipart/x-mixed-replace; boundary=\"frame\" nonsense; x=y", "frame"),
        ("multipart/x-mixed-replace; BOUNDARY=Frame", "Frame"),
        ("multipart/x-mixed-replace; charset=utf-8;;  boundary=frame;", "frame"),
        ("multipart/x-mixed-replace; flag; boundary=frame", "frame"),
        ("multipart/x-mixed-replace; boundary=first; boundary=second", "first"),
        ("multipart/x-mixed-replace; boundary=a=b,c", "a=b,c"),
        ("multipart/x-mixed-replace; boundary=(.*)[x]+?$", "(.*)[x]+?$"),
        ("multipart/x-mixed-replace, boundary=frame", "frame"),
        ("multipart/x-mixed-replace boundary=frame", "frame"),
        ("  multipart/x-mixed-replace  ;boundary=frame", "frame"),
        ("Multipart/X-Mixed-Replace; boundary=frame", "frame"),
        ("multipart/x-mixed-replace; boundary=grün", "grün"),
        ("multipart/x-mixed-replace; boundary=", nil),
        ("multipart/x-mixed-replace; boundary=\"\"", nil),
        ("multipart/x-mixed-replace; boundary=; x=y", nil),
        ("multipart/x-mixed-replace; boundary", nil),
        ("multipart/x-mixed-replace; xboundary=frame", nil),
        ("multipart/x-mixed-replace;", nil),
        ("multipart/x-mixed-replace", nil),
    ])
    func boundaryIsReadAsDeclared(_ text: String, _ boundary: String?) throws {
        let mediaType = try #require(MediaType(text))
        #expect(mediaType.type == "multipart" && mediaType.subtype == "x-mixed-replace" && mediaType.isMultipart)
        #expect(mediaType.boundary == boundary)
    }

    @Test(arguments: ["image/jpeg", "IMAGE/JPEG", "image/jpg", "image/pjpeg", "image/jpeg;size=1234", "image/jpeg ; charset=binary"])
    func jpegHasSeveralNames(_ text: String) {
        #expect(MediaType(text)?.isJPEG == true)
        #expect(MediaType(text)?.isMultipart == false)
    }

    @Test(arguments: ["text/html", "application/octet-stream", "image/png", "video/jpeg"])
    func otherTypesAreNoJPEG(_ text: String) {
        #expect(MediaType(text)?.isJPEG == false)
    }

    @Test(arguments: ["", " ", "image", "image/", "/jpeg", "/", "image /jpeg", "boundary=frame", ";", "(null)"])
    func textWithoutTypeAndSubtypeIsNoMediaType(_ text: String) {
        #expect(MediaType(text) == nil)
    }

    @Test func parametersAreBounded() {
        let text = "a/b" + (0..<1000).map { ";p\($0)=v" }.joined()
        #expect(MediaType(text)?.parameters.count == 32)
    }

    @Test func changedTypesAreReadWithoutATrap() {
        var random = SeededRandom(seed: 6)
        var readable = 0
        for _ in 0..<4000 {
            let changed = random.mutated(bytes("multipart/x-mixed-replace; a='b;c'; boundary=\"d\\\"e\""), favourites: bytes("\"';=\\ ,/"))
            if MediaType(String(decoding: changed, as: UTF8.self))?.isMultipart == true { readable += 1 }
        }
        #expect(readable > 2000)
    }
}
