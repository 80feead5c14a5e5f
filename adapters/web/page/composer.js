// The field in which somebody writes: text, files and commands. What is typed is
// kept in the browser until it is sent.
import { h, icon, say } from "./dom.js";
import { call, newEvent } from "./api.js";
import { Attachments, recordButton } from "./files.js";
import { Completion } from "./complete.js";

let made = 0;

export class Composer {
  constructor(form, app) {
    const id = `composer-${++made}`;
    Object.assign(this, { form, app, place: "", thread: "" });
    this.field = h("textarea", { id, rows: "1", autocomplete: "off", maxlength: "40000", "aria-autocomplete": "list", role: "combobox", "aria-expanded": "false", "aria-controls": `${id}-list` });
    this.label = h("label", { for: id, class: "hidden" });
    const list = h("ul", { id: `${id}-list`, class: "completion", role: "listbox", "aria-label": "Commands", hidden: true });
    const box = h("div", { class: "attachments" });
    this.attachments = new Attachments(box, () => app.as);
    const picker = h("input", { type: "file", multiple: true, class: "hidden", tabindex: "-1", "aria-hidden": "true", onchange: (e) => { this.attachments.add([...e.target.files]); e.target.value = ""; } });
    form.append(list, box, h("div", { class: "row" },
      h("button", { type: "button", class: "tool attach", "aria-label": "Attach a photo or a file", onclick: () => picker.click() }, icon("attach")),
      picker, recordButton(this.attachments), this.label, this.field,
      h("button", { class: "tool send", "aria-label": "Send" }, icon("send"))));
    this.completion = new Completion(this.field, list, app);
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (e) => this.key(e));
    this.field.addEventListener("paste", (e) => {
      const files = [...(e.clipboardData?.files || [])];
      if (files.length) { e.preventDefault(); this.attachments.add(files); }
    });
    form.addEventListener("dragover", (e) => e.preventDefault());
    form.addEventListener("drop", (e) => { e.preventDefault(); this.attachments.add([...e.dataTransfer.files]); });
    form.addEventListener("submit", (e) => { e.preventDefault(); this.send(); });
  }

  get draft() { return `draft:${this.app.as}:${this.place}:${this.thread}`; }

  turnTo(place, thread) {
    Object.assign(this, { place, thread });
    this.label.textContent = thread ? "Reply in this thread" : "Write a message, or / for a command";
    this.field.placeholder = thread ? "Reply…" : "Message or /command";
    this.field.value = localStorage.getItem(this.draft) || "";
    this.attachments.clear();
    this.completion.close();
    this.grow();
  }

  typed() {
    if (this.field.value) localStorage.setItem(this.draft, this.field.value);
    else localStorage.removeItem(this.draft);
    this.event = "";
    this.grow();
    this.completion.look();
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, 200)}px`;
  }

  key(e) {
    if (this.completion.key(e)) { this.grow(); return; }
    const touch = matchMedia("(pointer: coarse)").matches;
    const command = this.field.value.trimStart().startsWith("/");
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing && (!touch || command)) {
      e.preventDefault();
      this.send();
    }
  }

  async send() {
    const text = this.field.value;
    const files = this.attachments.ids();
    if (this.sending || (!text.trim() && files.length === 0)) return;
    this.sending = true;
    this.event ||= newEvent(); // the same until something else is typed
    this.form.classList.add("sending");
    this.completion.close();
    const to = { as: this.app.as, place: this.place, thread: this.thread, text, event: this.event };
    try {
      if (text.trimStart().startsWith("/") && files.length === 0) {
        this.app.answer(await call("command", to));
      } else {
        await this.attachments.describe();
        await call("say", { ...to, files });
      }
      this.event = "";
      localStorage.removeItem(`draft:${to.as}:${to.place}:${to.thread}`);
      if (this.place === to.place && this.thread === to.thread && this.field.value === text) {
        this.field.value = "";
        this.attachments.clear();
        this.grow();
      }
    } catch (e) {
      say(e.message, true); // the text still stands in the field
    } finally {
      this.sending = false;
      this.form.classList.remove("sending");
    }
  }
}
