// Asks the relay, once or again and again.
import { addressOf } from "./address.js";

/** Seconds that an answer may take. */
const answerLimit = 4;

/** Fetches an address, relative to the page, and returns the answer as read by `read`; fails when the answer takes too long. */
export async function ask(address, read, headers = {}) {
  const limit = new AbortController();
  const alarm = setTimeout(() => limit.abort(), answerLimit * 1000);
  try {
    return await read(await fetch(addressOf(address), { signal: limit.signal, cache: "no-store", headers }));
  } finally {
    clearTimeout(alarm);
  }
}

export const asJSON = { accept: "application/json", read: (response) => response.json() };
export const asHTML = { accept: "text/html", read: (response) => response.text() };

/**
 * Fetches an address again and again while the page is visible. `heard` is called with each answer, read as `form` says; `lost` is
 * called for each failure, with the HTTP status if there was an answer.
 */
export function poll(address, form, milliseconds, heard, lost) {
  let timer = 0;
  let round = 0;
  async function next() {
    clearTimeout(timer);
    const mine = ++round;
    try {
      const value = await ask(address, (response) => {
        if (!response.ok) throw Object.assign(new Error(`status ${response.status}`), { status: response.status });
        return form.read(response);
      }, { Accept: form.accept });
      if (mine === round) heard(value);
    } catch (error) {
      if (mine === round && !document.hidden) lost(error.status);
    } finally {
      if (mine === round && !document.hidden) timer = setTimeout(next, milliseconds);
    }
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) next(); });
  addEventListener("online", next);
  addEventListener("pageshow", (event) => { if (event.persisted) next(); });
  next();
}
