import Testing
import Text

@Suite struct SecretsTests {
    @Test(arguments: ["p/w d", "p%2Fw%20d", "dTpwL3cgZA=="]) func aLoginIsHiddenInEachForm(form: String) {
        var secrets = Secrets()
        secrets.add(user: "u", password: "p/w d")
        #expect(secrets.hide(in: "<\(form)>") == "<***>")
        #expect(secrets.hide(in: "<\(form.dropLast())>") == "<\(form.dropLast())>")
    }

    @Test(arguments: [
        ("/video?a=1&pwd=x%7ez9", "a=1&pwd=x%7ez9 x%7ez9 x~z9", "*** *** ***"), ("/user=me;token=x%2yz", "x%2yz", "***"),
        ("/video", "/video", "/video"), ("/video?", "?", "?"),
    ]) func aTargetsLoginsAreHidden(target: String, text: String, shown: String) {
        var secrets = Secrets()
        secrets.add(target: target)
        #expect(secrets.hide(in: text) == shown)
    }

    @Test(arguments: [
        ("rtsp://u:p%40w1@h/x", "p@w1 and p%40w1 and u:p%40w1"), ("token=abcd", "abcd"),
        ("-H\nAuthorization: Bearer abcd", "Bearer abcd, abcd"),
    ]) func aProgramsArgumentIsSearched(argument: String, text: String) {
        var secrets = Secrets()
        secrets.add(argument: argument)
        let shown = secrets.hide(in: text)
        #expect(!shown.contains("p@w1") && !shown.contains("p%40w1") && !shown.contains("abcd"))
    }

    @Test func theBeginningOfALoginIsHiddenWhereTheTextIsCut() {
        var secrets = Secrets()
        secrets.add(user: "u", password: "secret")
        #expect(secrets.hide(in: "a secret and a sec") == "a *** and a sec")
        for end in ["s", "sec", "secre", "secret"] { #expect(secrets.hide(in: "a \(end)", isCut: true) == "a ***") }
        #expect(secrets.hide(in: "sec a", isCut: true) == "sec a")
    }

    @Test func onlyFieldsWithALoginAreHidden() {
        var secrets = Secrets()
        secrets.add(fieldName: "X-Api-Key", value: "k3y")
        secrets.add(fieldName: "Accept", value: "image/jpeg")
        #expect(secrets.hide(in: "k3y image/jpeg") == "*** image/jpeg")
    }
}
