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
export function placeOf(path) { return withoutLogin(new URL(path, document.baseURI)); }

/** What the page's own address signs, where it was opened by a link that opens this one source. */
const signed = ["exp", "key", "sig"].map((name) => [name, new URL(location.href).searchParams.get(name)]);
/** Whether the page was opened by such a link. */
export const isByLink = signed.every(([, value]) => value !== null);

/** The same, to be asked for: with the link by which the page was opened. */
export function addressOf(path) {
  const url = placeOf(path);
  if (isByLink) for (const [name, value] of signed) url.searchParams.set(name, value);
  return url;
}

/** Has the page's own links lead on by the link that it was opened by. */
export function signLinks() {
  if (!isByLink) return;
  for (const link of document.querySelectorAll("a[href]")) link.href = addressOf(link.getAttribute("href")).href;
}

/** The address of a WebSocket. */
export function socketAddressOf(path) {
  const url = addressOf(path);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}
