// Addresses that pages build. A page may have been opened as http://user:password@host/; then every address that is resolved
// against the page's own holds that login too. fetch() refuses such addresses, and the lines to copy would show the password. The
// browser sends the login by itself to whoever asks for it.

/** A URL without the login in it. */
export function withoutLogin(address) {
  const url = new URL(address);
  url.username = url.password = "";
  return url;
}

/** What `path` means in this page, as a URL without a login. */
export function addressOf(path) { return withoutLogin(new URL(path, document.baseURI)); }

/** The address of a WebSocket. */
export function socketAddressOf(path) {
  const url = addressOf(path);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}
