import CameraClient
import Testing
import Text

@Suite struct CameraErrorTests {
    private static let hostile = "a\u{0}\u{1B}[31m\r\n\u{9B}\u{202E}\u{2028}\u{200B}" + String(repeating: "e\u{301}", count: 500)

    private static func all(_ said: String) -> [CameraError] {
        let text = CameraText(said, hiding: Secrets())
        return [
            .headTooLarge, .tooManyInterimResponses, .notHTTP(text), .closedBeforeHead, .chunkSizeUnreadable, .trailersTooLarge,
            .status(503, reason: text, retryAfter: nil), .loginRequired, .loginRefused(401), .loginUnsupported(offered: text),
            .redirectedTooOften,
            .redirectedElsewhere(text), .redirectUnreadable(text), .notAPicture(mediaType: text),
        ]
    }

    @Test func textOfACameraIsCutAndCleaned() {
        for error in Self.all(Self.hostile) {
            let text = error.description
            #expect(text.unicodeScalars.count <= 180)
            #expect(text.unicodeScalars.allSatisfy { ![.control, .format, .lineSeparator].contains($0.properties.generalCategory) })
        }
        #expect(CameraError.notHTTP(CameraText(Self.hostile, hiding: Secrets())).description.contains("a[31m"))
    }

    @Test func sentencesAndCodesTellCasesApart() {
        let errors = Self.all("x")
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(Set(errors.map(\.code)).count == errors.count)
        for error in errors {
            #expect(error.description.first?.isLowercase == true && error.description.last != ".")
            #expect(error.code.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") })
        }
    }

    @Test func sentencesReadWellWithoutText() {
        #expect(CameraError.status(404, reason: "", retryAfter: nil).description == "camera answers 404")
        #expect(CameraError.status(404, reason: "Not Found", retryAfter: nil).description == "camera answers 404 (Not Found)")
        #expect(CameraError.loginRequired.description == "camera asks for a login (401) and the URL has none")
        #expect(CameraError.loginUnsupported(offered: "").description == "camera asks for a login (401) but offers no way to give one")
        #expect(CameraError.notAPicture(mediaType: "").description == "camera sends neither a stream nor a picture")
    }
}
