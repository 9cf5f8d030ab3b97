// Keeps the status up to date in place, so that focus, selection and scrolling stay as they are.
import { contact } from "./contact.js";
import { asHTML, poll } from "./poll.js";
import { setText } from "./text.js";

const notice = document.querySelector(".notice");

function renewAttributes(old, wanted) {
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/** Makes `old` equal to `wanted`, and changes only the parts that differ. */
function renew(old, wanted) {
  if (old.nodeType !== wanted.nodeType || old.nodeName !== wanted.nodeName) return old.replaceWith(wanted);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  // With scripts enabled, a <noscript> has text where the fetched page has elements.
  if (old.nodeName === "NOSCRIPT") return;
  renewAttributes(old, wanted);
  const before = [...old.childNodes];
  const after = [...wanted.childNodes];
  after.forEach((child, index) => { if (index < before.length) renew(before[index], child); else old.append(child); });
  for (const child of before.slice(after.length)) child.remove();
}

function heard(text) {
  contact.gotAnswer();
  notice.hidden = true;
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main");
  if (main) renew(document.querySelector("main"), main);
}

function lost(status) {
  contact.gotNone();
  if (status === 404) setText(notice, "This camera is no longer here.");
  else if (contact.isLost) setText(notice, "The relay does not answer. The figures below are old; it is asked again by itself.");
  else return;
  notice.hidden = false;
}

poll(location.href, asHTML, 2000, heard, lost);
