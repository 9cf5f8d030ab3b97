/// Escapes text for HTML, and makes the parts that all pages share.
enum HTML {
    /// Escapes the characters that have a meaning in element text and in quoted attributes.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A whole page around `body`, which is HTML. `up` is the relative path from the page's folder to the relay's top, such as `../`;
    /// `script` is the name of the page's script.
    static func page(title: String, up: String, script: String? = nil, bodyAttributes: String = "", head: String = "", body: String)
        -> String
    {
        let modules = script.map { PageFile.modules(of: $0).map { "<link rel=\"modulepreload\" href=\"\(up)-/\($0)\">\n" }.joined() } ?? ""
        let script = script.map { "<script type=\"module\" src=\"\(up)-/\($0)\"></script>\n" } ?? ""
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(escape(title))</title>
            <link rel="icon" href="\(up)-/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="\(up)-/relay.css">
            \(head)\(modules)\(script)</head>
            <body\(bodyAttributes)>
            \(body)
            </body>
            </html>

            """
    }

    /// The bar at the top of a page; `content` and `links` are HTML.
    static func bar(up: String, content: String, links: String) -> String {
        """
        <header class="bar">
        <a class="brand" href="\(up.isEmpty ? "./" : up)"><img src="\(up)-/icon.svg" alt="" width="24" height="24"><span>mjpeg-relay</span></a>
        \(content)
        <nav aria-label="pages">\(links)</nav>
        </header>
        """
    }

    /// A picture's frame: a canvas with the messages over it. `fallback` is for browsers without JavaScript.
    static func picture(of name: String, link: String?, fallback: String) -> String {
        let canvas = "<canvas role=\"img\" aria-label=\"live picture of \(escape(name))\"></canvas>"
        let inner =
            link.map { "<a href=\"\($0)\" aria-label=\"\(escape(name)): open large\">\(canvas)\(fallback)</a>" } ?? canvas + fallback
        return """
            <div class="picture">\(inner)
            <p class="message" hidden><strong></strong><span></span></p><span class="age" hidden></span>
            """
    }
}
