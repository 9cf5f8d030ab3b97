// Text in a page.

/** Writes text only if it changes, so that the page is not laid out without need. */
export function setText(element, text) { if (element.textContent !== text) element.textContent = text; }
