// A page that a translator looks at: when its catalogue is saved, what has changed is put in place, and shown.
//
// Only elements that differ are replaced, so whoever reads elsewhere keeps their place; when nothing differs, nothing
// happens at all. A tab that is hidden holds no connection: a browser has only six for all tabs together.
"use strict";

const root = document.documentElement;
let source = null;

function listen() {
  if (document.hidden) {
    source?.close();
    source = null;
    return;
  }
  if (source) return;
  const query = new URLSearchParams({ page: location.pathname, seen: root.dataset.version });
  source = new EventSource(`/.preview/events?${query}`);
  source.onmessage = event => {
    if (event.data !== root.dataset.version) fetchPage();
  };
  source.onerror = () => { // the server has ended, or begins again
    source?.close();
    source = null;
    setTimeout(listen, 1000);
  };
}

function fetchPage() {
  const request = new XMLHttpRequest(); // the one way to a document that runs no script and takes no string for markup
  request.open("GET", location.pathname);
  request.responseType = "document";
  request.onload = () => {
    if (request.status === 200 && request.response) update(request.response);
  };
  request.send();
}

const LEAVES = /^(P|H[1-6]|LI|A|TITLE)$/;

function ownText(element) {
  return [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data.trim()).join("");
}

function alike(old, fresh) {
  return old.nodeName === fresh.nodeName && old.id === fresh.id && !LEAVES.test(old.nodeName)
    && old.children.length === fresh.children.length && old.children.length > 0 && ownText(old) === ownText(fresh);
}

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (!alike(old, fresh)) {
    old.replaceWith(document.importNode(fresh, true));
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const pairs = [...old.children].map((child, index) => [child, fresh.children[index]]);
  for (const [child, other] of pairs) morph(child, other);
}

function states(page) {
  const found = new Map();
  for (const block of page.querySelectorAll("[data-message]")) found.set(block.dataset.message, { words: block.textContent });
  for (const note of page.querySelectorAll("[data-of]")) found.get(note.dataset.of).state = note.dataset.state;
  return found;
}

function arrived(before, after) {
  // The paragraph whose words are new; else the one whose state is. A heading made of a question is no message.
  const differs = part => [...after].find(([key, now]) => before.get(key)?.[part] !== now[part])?.[0];
  return differs("words") ?? differs("state");
}

function update(fresh) {
  if (!fresh.documentElement.dataset.version || fresh.documentElement.dataset.version === root.dataset.version) return;
  const key = arrived(states(document), states(fresh));
  const focused = document.activeElement?.dataset.message;
  document.querySelectorAll(".arrived").forEach(leave);
  document.title = fresh.title;
  morph(document.body, fresh.body);
  root.dataset.version = fresh.documentElement.dataset.version;
  source?.close();
  source = null;
  listen();
  if (key) {
    const target = show(key);
    target?.scrollIntoView({ block: "center", behavior: "instant" });
  } else if (focused) {
    show(focused);
  }
}

function leave(element) {
  element.classList.remove("arrived");
  if (!element.className) element.removeAttribute("class");
  element.removeAttribute("tabindex");
}

function show(key) {
  const target = document.querySelector(`[data-message="${CSS.escape(key)}"]`);
  if (!target) return null;
  target.tabIndex = -1; // a screen reader goes on reading from here
  target.classList.add("arrived");
  target.focus({ preventScroll: true });
  return target;
}

document.addEventListener("visibilitychange", listen);
addEventListener("pageshow", listen);
listen();
