// Small helpers for building and finding elements.

export const $ = (id) => document.getElementById(id);

// h makes an element: properties and attributes first, then what stands in it.
export function h(tag, props = {}, ...inside) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") e.className = value;
    else if (name === "html") e.innerHTML = value; // made safe by the server
    else if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(e.dataset, value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...inside.flat().filter((x) => x !== undefined && x !== null && x !== false && x !== ""));
  return e;
}

const shapes = {
  attach: "M13.5 6.5 7.6 12.4a1.9 1.9 0 0 0 2.7 2.7l6-6a3.6 3.6 0 0 0-5.1-5.1l-6.3 6.3a5.3 5.3 0 0 0 7.5 7.5l4.6-4.6",
  record: "M10 3a2.5 2.5 0 0 0-2.5 2.5v4a2.5 2.5 0 0 0 5 0v-4A2.5 2.5 0 0 0 10 3M5 9.5a5 5 0 0 0 10 0M10 14.500v3",
  send: "M10 16.500V4M4.500 9 10 3.500 15.500 9",
  more: "M4.500 10h.01M10 10h.01M15.500 10h.01",
  reply: "M8 5 3.500 9.500 8 14M4 9.500h7.500a5 5 0 0 1 5 5v1",
};

// icon draws a sign; what it means is always said in words beside it.
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shapes[name]);
  if (name === "more") path.setAttribute("class", "dots");
  svg.append(path);
  return svg;
}

let fading;

// say shows a line at the foot of the page for a while, and reads it out.
export function say(words, bad = false) {
  const s = $("status");
  s.textContent = words;
  s.className = words ? (bad ? "shown bad" : "shown") : "";
  clearTimeout(fading);
  if (words) fading = setTimeout(() => say(""), 9000);
}
