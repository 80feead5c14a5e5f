// Completion of commands: the path, then the fields that it takes, then the
// values that a field can have.
import { h } from "./dom.js";

const quoted = (s) => (/^[\p{L}\p{N}@#.+-]+$/u.test(s) ? s : `"${s}"`);

export class Completion {
  constructor(field, list, app) {
    Object.assign(this, { field, list, app, options: [], at: -1, until: "" });
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  // look offers what can come next at the end of what is typed.
  look() {
    const text = this.field.value;
    const trimmed = text.trimStart();
    if (!trimmed.startsWith("/") || text.includes("\n") || this.field.selectionStart !== text.length) { this.close(); return; }
    const { options, must } = this.offers(trimmed.slice(1));
    this.show(options, must ? 0 : -1);
  }

  offers(typed) {
    const tree = (this.app.state.commands || []).filter((c) => !c.hidden);
    const command = tree.find((c) => typed === c.path || typed.startsWith(`${c.path} `));
    if (!command || typed === command.path) {
      const words = typed.toLowerCase();
      const starting = tree.filter((c) => c.path.startsWith(words));
      const holding = tree.filter((c) => !c.path.startsWith(words) && c.path.includes(words.trim()) && words.trim());
      const found = [...starting, ...holding];
      if (found.length === 1 && found[0].path === typed) return { options: this.fields(found[0], ""), must: false };
      return { options: found.map((c) => ({ label: `/${c.path}`, hint: c.summary, text: `/${c.path}${c.fields?.length ? " " : ""}` })), must: !command };
    }
    const rest = typed.slice(command.path.length + 1);
    const value = /(?:^|\s)([a-z][a-z0-9-]*):("?)([^"]*)$/.exec(rest);
    const field = value && command.fields?.find((f) => f.name === value[1]);
    if (field && (value[2] || !/\s/.test(value[3]))) {
      const start = typed.slice(0, typed.length - value[2].length - value[3].length);
      const given = value[3].toLowerCase();
      return {
        options: this.values(field).filter((o) => `${o.label} ${o.value}`.toLowerCase().includes(given))
          .map((o) => ({ label: o.label, hint: field.label, text: `/${start}${quoted(o.value)} ` })),
        must: false,
      };
    }
    if (rest === "" || /\s$/.test(rest)) return { options: this.fields(command, rest), must: false };
    const word = /(\S*)$/.exec(rest)[1];
    if (!/^[a-z][a-z0-9-]*$/.test(word)) return { options: [], must: false };
    return { options: this.fields(command, rest.slice(0, -word.length)).filter((o) => o.label.startsWith(word)), must: false };
  }

  fields(command, rest) {
    const start = `/${command.path} ${rest.trimStart()}`;
    return (command.fields || []).filter((f) => f.kind !== "file" && !new RegExp(`(?:^|\\s)${f.name}:`).test(rest)).map((f) => ({
      label: `${f.name}:`,
      hint: [f.label, f.example && `for example ${f.example}`, f.required ? "" : "if you like"].filter(Boolean).join(" · "),
      text: `${start}${f.name}:`,
    }));
  }

  values(field) {
    const s = this.app.state;
    if (field.kind === "person") return (s.people || []).map((p) => ({ value: `@${p.id}`, label: p.name }));
    if (field.kind === "channel") return (s.channels || []).map((c) => ({ value: `#${c.id}`, label: `#${c.id}` }));
    if (field.kind === "yesno") return [{ value: "yes", label: "Yes" }, { value: "no", label: "No" }];
    return field.options || [];
  }

  show(options, at) {
    this.options = options;
    this.at = options.length ? at : -1;
    this.list.hidden = options.length === 0;
    this.field.setAttribute("aria-expanded", String(options.length > 0));
    this.list.replaceChildren(...options.map((o, i) => h("li", {
      id: `${this.list.id}-${i}`, role: "option", "aria-selected": "false",
      onmousedown: (e) => e.preventDefault(),
      onclick: () => this.take(i),
    }, h("span", { class: "label" }, o.label), h("span", { class: "hint" }, o.hint))));
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((e, i) => {
      e.setAttribute("aria-selected", String(i === this.at));
      if (i === this.at) e.scrollIntoView({ block: "nearest" });
    });
    if (this.at >= 0) this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  take(i) {
    this.field.value = this.options[i].text;
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() { this.show([], -1); }

  // key does what a key means while something is offered, and tells whether it
  // meant anything.
  key(e) {
    if (this.list.hidden || e.isComposing) return false;
    const n = this.options.length;
    switch (e.key) {
      case "ArrowDown": this.at = (this.at + 1) % n; break;
      case "ArrowUp": this.at = this.at < 0 ? n - 1 : (this.at - 1 + n) % n; break;
      case "Escape": e.preventDefault(); this.close(); return true;
      case "Tab":
        if (e.shiftKey) return false;
        e.preventDefault();
        this.take(Math.max(this.at, 0));
        return true;
      case "Enter":
        if (this.at < 0 || e.shiftKey) return false;
        e.preventDefault();
        this.take(this.at);
        return true;
      default: return false;
    }
    e.preventDefault();
    this.mark();
    return true;
  }
}
