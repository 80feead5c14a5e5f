// A list of messages: the page of a place or of a thread, its older pages, and
// what happens to it.
import { h, icon, say } from "./dom.js";
import { call, get, newEvent } from "./api.js";
import { showFile } from "./files.js";

const day = (at, zone) => new Intl.DateTimeFormat("en-NZ", { weekday: "long", day: "numeric", month: "long", timeZone: zone }).format(new Date(at));
const hour = (at, zone) => new Intl.DateTimeFormat("en-NZ", { hour: "numeric", minute: "2-digit", timeZone: zone }).format(new Date(at));

export class MessageList {
  constructor(box, app) {
    this.box = box;
    this.app = app;
    this.messages = new Map();
    this.turn = 0;
    // Who reads at the end stays there when a picture arrives, a chart is opened
    // or the window changes.
    const size = () => `${box.clientWidth} ${box.clientHeight}`;
    let was = size();
    box.addEventListener("scroll", () => { if (was === size()) this.stick = this.atEnd(); });
    new ResizeObserver(() => { was = size(); if (this.stick) this.toEnd(); }).observe(box);
    for (const grows of ["load", "toggle"]) box.addEventListener(grows, () => { if (this.stick) this.toEnd(); }, true);
  }

  get zone() { return this.app.state.you.zone || undefined; }

  // turnTo shows a place or a thread.
  async turnTo(place, thread) {
    const turn = ++this.turn;
    Object.assign(this, { place, thread, top: null, earlier: false });
    this.messages.clear();
    this.box.setAttribute("aria-busy", "true");
    try {
      const a = await get("messages", { as: this.app.as, place, thread });
      if (turn !== this.turn) return;
      for (const m of a.messages || []) this.messages.set(m.id, m);
      this.earlier = a.earlier;
      this.top = a.top || null;
      this.box.replaceChildren(); // another person may see the same messages otherwise
      this.draw();
      this.toEnd();
    } catch (e) {
      say(e.message, true);
    } finally {
      if (turn === this.turn) this.box.setAttribute("aria-busy", "false");
    }
  }

  // more loads the page before the first message, and keeps what is read where
  // it stands.
  async more() {
    const first = this.sorted()[0];
    const a = await get("messages", { as: this.app.as, place: this.place, thread: this.thread, before: first.id });
    for (const m of a.messages || []) this.messages.set(m.id, m);
    this.earlier = a.earlier;
    const below = this.box.scrollHeight - this.box.scrollTop;
    this.draw();
    this.box.scrollTop = this.box.scrollHeight - below;
    this.focus(first.id);
  }

  sorted() { return [...this.messages.values()].sort((a, b) => (a.id < b.id ? -1 : 1)); }
  latest() { return this.sorted().at(-1)?.id; }

  // put adds a message or brings it up to date, and tells whether it is new.
  put(m) {
    const fresh = !this.messages.has(m.id);
    if (fresh && this.earlier && m.id < this.sorted()[0]?.id) return false;
    const atEnd = this.atEnd();
    this.messages.set(m.id, m);
    if (fresh && atEnd && this.messages.size > 300) {
      // Who stays for long at the end needs no more of what is above.
      for (const old of this.sorted().slice(0, 100)) this.messages.delete(old.id);
      this.earlier = true;
    }
    this.draw();
    if (fresh && (atEnd || m.mine || m.onlyYou)) this.toEnd();
    return fresh;
  }

  putTop(m) { this.top = m; this.draw(); }

  take(id) {
    if (this.top?.id === id) { this.app.go({ thread: "" }, true); return; }
    if (this.messages.delete(id)) this.draw();
  }

  atEnd() { return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 80; }
  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.stick = true;
  }
  focus(id) { this.box.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }); }

  // draw brings the elements in line with the messages, and leaves those alone
  // that have not changed: what has the focus keeps it, what plays plays on.
  draw() {
    const old = new Map([...this.box.children].map((e) => [e.dataset.key, e]));
    const want = [];
    const put = (key, text, make) => {
      const was = old.get(key);
      if (was && was.dataset.text === text) { want.push(was); return; }
      const e = make();
      e.dataset.key = key;
      e.dataset.text = text;
      if (was?.contains(document.activeElement)) queueMicrotask(() => e.focus({ preventScroll: true }));
      want.push(e);
    };
    if (this.earlier) put("earlier", "", () => h("button", { type: "button", class: "earlier", onclick: () => this.more() }, "Show earlier messages"));
    if (this.top) {
      put("top", JSON.stringify(this.top), () => this.article(this.top, false));
      put("replies", `${this.top.replies || 0}`, () => h("p", { class: "day" }, h("span", {}, count(this.top.replies))));
    }
    let before = null;
    for (const m of this.sorted()) {
      const today = day(m.at, this.zone);
      if (!this.thread && today !== (before && day(before.at, this.zone))) put(`day ${m.id}`, today, () => h("p", { class: "day" }, h("span", {}, today)));
      const follows = Boolean(before) && before.author.id === m.author.id && !m.onlyYou && !before.onlyYou && !before.buttons && today === day(before.at, this.zone) && Date.parse(m.at) - Date.parse(before.at) < 5 * 60e3;
      put(m.id, JSON.stringify([m, follows]), () => this.article(m, follows));
      before = m;
    }
    if (want.length === 0) put("empty", this.place, () => h("p", { class: "empty" }, this.place?.startsWith("@") ? "Nothing here yet. Write to the bot, or type / to see what it can do." : "Nothing here yet. Say hello, or type / to see what the bot can do."));
    // Only what is out of place is moved.
    want.forEach((e, i) => { if (this.box.children[i] !== e) this.box.insertBefore(e, this.box.children[i] || null); });
    while (this.box.children.length > want.length) this.box.lastChild.remove();
  }

  article(m, follows) {
    const words = [m.author.name, hour(m.at, this.zone)];
    const kind = `message${follows ? " follows" : ""}${m.onlyYou ? " only-you" : ""}${m.author.bot ? " bot" : ""}`;
    if (m.deleted) {
      return h("article", { class: kind, tabindex: "-1", data: { id: m.id } }, h("div", { class: "body" }, h("p", { class: "small" }, "This message was deleted."), this.foot(m)));
    }
    return h("article", { class: kind, tabindex: "-1", "aria-label": `${words.join(", ")}${m.onlyYou ? ", only you can see this" : ""}`, data: { id: m.id, author: m.author.id } },
      h("div", { class: "face", "aria-hidden": "true", data: m.author.bot ? {} : { tone: String([...m.author.id].reduce((n, c) => n + c.codePointAt(0), 0) % 6) } }, m.author.bot ? botFace() : m.author.name.slice(0, 1).toUpperCase()),
      h("div", { class: "body" },
        h("p", { class: "head" },
          h("span", { class: "author" }, m.author.name),
          h("time", { datetime: m.at }, hour(m.at, this.zone)),
          m.edited && h("span", { class: "mark" }, "edited"),
          m.onlyYou && h("span", { class: "mark" }, "Only you can see this")),
        m.html && h("div", { class: "text", html: m.html }),
        m.chart && h("figure", { class: "chart" },
          h("figcaption", {}, m.chart.title),
          h("div", { html: m.chart.svg }),
          h("details", {}, h("summary", {}, "In words"), h("p", {}, m.chart.alt))),
        m.files && h("div", { class: "files" }, m.files.map(showFile)),
        m.buttons && h("div", { class: "buttons" }, m.buttons.map((b) => h("button", {
          type: "button", class: b.main ? "main" : "", data: { token: b.token },
          onclick: (e) => this.press(m, b, e.currentTarget),
        }, b.label))),
        m.noteHtml && h("div", { class: "note", html: m.noteHtml }),
        this.foot(m)),
      this.tools(m));
  }

  // foot leads into the thread.
  foot(m) {
    if (this.thread || m.onlyYou || this.place?.startsWith("@")) return null;
    if (!m.replies && !(m.author.bot && !m.deleted)) return null;
    return h("button", { type: "button", class: "replies", data: { reply: m.id }, onclick: () => this.app.go({ thread: m.id }) },
      icon("reply"), m.replies ? count(m.replies) : "Reply");
  }

  // tools are what can be done with a message, in a small menu.
  tools(m) {
    const items = [];
    const add = (label, act) => items.push(h("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: act }, label));
    if (!this.thread && !m.onlyYou && !this.place?.startsWith("@")) add("Reply in thread", () => this.app.go({ thread: m.id }));
    if (!m.onlyYou) {
      for (const c of this.app.state.commands || []) if (c.menu) add(c.menu, () => this.use(m, c));
    }
    if (m.mine) {
      add("Edit", () => this.edit(m));
      add("Delete", () => this.remove(m));
    }
    if (items.length === 0) return null;
    const menu = h("div", { class: "menu", role: "menu", hidden: true }, items);
    const close = (back) => { menu.hidden = true; button.setAttribute("aria-expanded", "false"); if (back) button.focus(); };
    const button = h("button", {
      type: "button", class: "more", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `What to do with this message from ${m.author.name}`,
      onclick: () => {
        if (!menu.hidden) { close(); return; }
        menu.hidden = false;
        const room = this.box.getBoundingClientRect().bottom - button.getBoundingClientRect().bottom;
        menu.classList.toggle("above", room < menu.offsetHeight + 12);
        button.setAttribute("aria-expanded", "true");
        items[0].focus();
      },
    }, icon("more"));
    const tools = h("div", { class: "tools" }, button, menu);
    tools.addEventListener("keydown", (e) => {
      const at = items.indexOf(document.activeElement);
      if (e.key === "Escape" && !menu.hidden) { e.preventDefault(); close(true); }
      if (menu.hidden || !["ArrowDown", "ArrowUp", "Home", "End"].includes(e.key)) return;
      e.preventDefault();
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[e.key];
      items[(to + items.length) % items.length].focus();
    });
    tools.addEventListener("focusout", (e) => { if (!tools.contains(e.relatedTarget)) close(); });
    menu.addEventListener("click", () => close());
    return tools;
  }

  async press(m, b, button) {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    await this.ask("press", { message: m.id, button: b.token });
    button.removeAttribute("aria-disabled");
  }

  use(m, c) { return this.ask("menu", { message: m.id, command: c.path }); }

  async ask(path, body) {
    try {
      this.app.answer(await call(path, { as: this.app.as, event: newEvent(), ...body }));
    } catch (e) {
      say(e.message, true);
    }
  }

  async remove(m) {
    if (confirm("Delete this message?")) await this.ask("delete", { message: m.id });
  }

  // edit turns the text of a message into a field until it is saved or left.
  edit(m) {
    const article = this.box.querySelector(`[data-id="${CSS.escape(m.id)}"]`);
    const text = article.querySelector(".text") || article.querySelector(".head");
    const field = h("textarea", { rows: "3", "aria-label": "Your message" });
    field.value = m.text;
    const leave = () => { form.remove(); text.hidden = false; article.focus(); };
    const form = h("form", { class: "edit", onsubmit: async (e) => {
      e.preventDefault();
      try {
        await call("edit", { as: this.app.as, message: m.id, text: field.value });
        leave();
      } catch (x) {
        say(x.message, true);
      }
    } }, field, h("div", { class: "buttons" }, h("button", { class: "main" }, "Save"), h("button", { type: "button", onclick: leave }, "Leave as it was")));
    form.addEventListener("keydown", (e) => { if (e.key === "Escape") { e.preventDefault(); leave(); } });
    text.hidden = true;
    text.after(form);
    field.focus();
  }
}

function count(n) { return !n ? "No replies yet" : n === 1 ? "1 reply" : `${n} replies`; }

// botFace is drawn here, since a picture that is loaded comes a moment late.
function botFace() {
  const face = document.createElement("template");
  face.innerHTML = '<svg viewBox="0 0 32 32" class="bot-face"><circle cx="11" cy="13" r="3.4"/><circle cx="21" cy="13" r="3.4"/><path d="M6 23c1-4 9-4 10 0 1-4 9-4 10 0"/></svg>';
  return face.content;
}
