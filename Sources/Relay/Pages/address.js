// Addresses that pages build. A page may have been opened as http://user:password@host/; then every address that is resolved
// against the page's own address has that login in it too. fetch() refuses such addresses, and the lines to copy would show the
// password. The browser itself sends the login to the relay.

/** The URL without its login. */
export function withoutLogin(address) {
  const url = new URL(address);
  url.username = url.password = "";
  return url;
}

/** `path`, resolved against the page's address, as a URL without a login. */
export function placeOf(path) { return withoutLogin(new URL(path, document.baseURI)); }

/** The signature in the page's own address, if a signed link has opened the page. */
const signed = ["exp", "key", "sig"].map((name) => [name, new URL(location.href).searchParams.get(name)]);
/** Whether a signed link has opened the page. */
export const isByLink = signed.every(([, value]) => value !== null);

/** The URL to fetch `path`: with the signature of the link that has opened the page. */
export function addressOf(path) {
  const url = placeOf(path);
  if (isByLink) for (const [name, value] of signed) url.searchParams.set(name, value);
  return url;
}

/** Adds the signature of the link that has opened the page to the page's own links. */
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
