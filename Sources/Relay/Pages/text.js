// Text in a page.

/** Writes text only where it changes, so that nothing is laid out for nothing. */
export function setText(element, text) { if (element.textContent !== text) element.textContent = text; }
