import MJPEG
import NIOCore
import Testing

@Suite struct BoundaryTests {
    @Test(arguments: [
        ("multipart/x-mixed-replace; boundary=abc", "abc"), ("multipart/x-mixed-replace;BOUNDARY = --abc ; x=y", "--abc"),
        ("multipart/x-mixed-replace; boundary=\"a;b\"; c", "\"a;b\""), ("multipart/x-mixed-replace; boundary='a;b'", "'a;b'"),
        ("multipart/mixed; a=b;boundary=video boundary--", "video boundary--"), ("multipart/mixed; boundary=", ""),
        ("multipart/mixed; boundary=\"open", "\"open"), ("multipart/x-mixed-replace; boundary =--myboundary", "--myboundary"),
    ]) func theParameterIsFound(type: String, value: String) {
        #expect(Boundary.parameter(ofContentType: type) == value)
    }

    @Test(arguments: ["multipart/mixed", "", ";", "multipart/mixed; boundary", "multipart/mixed; boundaryx=1", "boundary=1"])
    func noParameterIsNone(type: String) {
        #expect(Boundary.parameter(ofContentType: type) == nil)
    }
}
