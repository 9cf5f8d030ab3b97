import CameraClient
import Crypto

/// The style of all pages, inline, and the hash by which the Content-Security-Policy lets it in.
enum PageStyle {
    static let text = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
        img { max-width: 100%; background: #8882; }
        .streaming { color: #18864b; } .refused, .stalled { color: #c62828; } .waiting, .connecting { color: #b26a00; }
        @media (prefers-color-scheme: dark) {
          .streaming { color: #5fd394; } .refused, .stalled { color: #ff7b72; } .waiting, .connecting { color: #f0b05a; }
        }
        """

    /// As the header writes it: `sha256-…` of the style's bytes.
    static let hash = "sha256-" + Base64.encode(SHA256.hash(data: Array(text.utf8)))
}
