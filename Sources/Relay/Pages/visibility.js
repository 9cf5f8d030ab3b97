// When a page is seen: pictures that nobody sees must not cost the camera or the network anything.

/**
 * Calls `update` when the page appears, disappears (`document.hidden` tells which) and once a second while it is seen, and `close` when
 * the page is left.
 */
export function whileSeen(update, close) {
  document.addEventListener("visibilitychange", update);
  addEventListener("pagehide", close);
  // A page that the browser kept comes back as it was left.
  addEventListener("pageshow", (event) => { if (event.persisted) update(); });
  setInterval(() => { if (!document.hidden) update(); }, 1000);
  update();
}
