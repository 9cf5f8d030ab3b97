// Tells when a page is visible: pictures that nobody sees must not use the camera or the network.

/**
 * Calls `update` when the page becomes visible or hidden (`document.hidden` says which) and once a second while the page is visible.
 * Calls `close` when the page is left.
 */
export function whileSeen(update, close) {
  document.addEventListener("visibilitychange", update);
  addEventListener("pagehide", close);
  // A browser may keep a page that was left, and show it again with its old state.
  addEventListener("pageshow", (event) => { if (event.persisted) update(); });
  setInterval(() => { if (!document.hidden) update(); }, 1000);
  update();
}
