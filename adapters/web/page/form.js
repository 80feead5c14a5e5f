// Forms: all questions at once, what was wrong beside the field, and what is
// typed kept in the browser until the form is done.
import { $, h } from "./dom.js";
import { call, newEvent } from "./api.js";
import { Attachments } from "./files.js";

const waiting = []; // forms that opened while another was open

// openForm shows a form, or brings it up to date where it is shown already.
export function openForm(app, form) {
  const dialog = $("form");
  if (dialog.open && dialog.dataset.form !== form.id) {
    if (!waiting.some((f) => f.id === form.id)) waiting.push(form);
    return;
  }
  const draft = `form:${app.as}:${form.id}`;
  const typed = JSON.parse(localStorage.getItem(draft) || "{}");
  const as = app.as;
  let event = "";
  const fields = (form.fields || []).map((f) => makeField(app, form, f, typed[f.name]));
  const fault = h("p", { class: "fault whole", role: "alert", hidden: true });

  const keep = () => {
    event = "";
    localStorage.setItem(draft, JSON.stringify(Object.fromEntries(fields.filter((f) => f.keep).map((f) => [f.name, f.get()]))));
  };
  const close = () => {
    dialog.close();
    delete dialog.dataset.form;
    const next = waiting.shift();
    if (next) openForm(app, next);
  };
  const leave = () => {
    call("close", { as, form: form.id }).catch(() => {});
    close();
  };
  const wrong = (errors) => {
    const known = new Set(fields.map((f) => f.name));
    for (const f of fields) f.wrong(errors[f.name] || "");
    const rest = Object.entries(errors).filter(([name]) => !known.has(name)).map(([, words]) => words);
    fault.textContent = rest.join(" ");
    fault.hidden = rest.length === 0;
    const first = fields.find((f) => errors[f.name]);
    if (first) first.focus();
  };

  const submit = h("button", { class: "main" }, form.submit || "Done");
  const element = h("form", { novalidate: true, oninput: keep, onchange: keep, onsubmit: async (e) => {
    e.preventDefault();
    if (submit.getAttribute("aria-disabled")) return;
    submit.setAttribute("aria-disabled", "true");
    event ||= newEvent();
    try {
      for (const f of fields) if (f.ready) await f.ready();
      const a = await call("submit", { as, form: form.id, answers: Object.fromEntries(fields.map((f) => [f.name, f.get()])), event });
      event = "";
      if (a.errors) { wrong(a.errors); return; }
      localStorage.removeItem(draft);
      if (a.form && a.form.id === form.id) { openForm(app, a.form); return; }
      close();
      app.answer(a);
    } catch (x) {
      fault.textContent = x.message;
      fault.hidden = false;
    } finally {
      submit.removeAttribute("aria-disabled");
    }
  } },
    h("h2", { id: "form-title", tabindex: "-1" }, form.title),
    form.introHtml && h("div", { class: "intro text", html: form.introHtml }),
    fault,
    fields.map((f) => f.element),
    form.note && h("p", { class: "note" }, form.note),
    h("div", { class: "buttons" }, submit, h("button", { type: "button", onclick: leave }, "Not now")));
  dialog.dataset.form = form.id;
  dialog.replaceChildren(element);
  dialog.oncancel = (e) => { e.preventDefault(); leave(); };
  if (!dialog.open) dialog.showModal();
  if (form.errors) wrong(form.errors);
  else (fields[0] || { focus: () => $("form-title").focus() }).focus();
}

function makeField(app, form, f, typed) {
  const id = `field-${f.name}`;
  const filled = form.filled?.[f.name] || {};
  const was = typed !== undefined ? [typed].flat().filter((v) => typeof v === "string") : filled.v || [];
  const fault = h("p", { class: "fault", id: `${id}-fault`, hidden: true });
  const choices = optionsOf(app, f);
  const example = f.kind !== "file" && choices.length === 0 && f.example; // who chooses needs none
  const hint = h("p", { class: "hint", id: `${id}-hint` }, [f.hint, example && `For example: ${example}`].filter(Boolean).join(" · "));
  const about = `${id}-hint ${id}-fault`;
  const named = h("span", { class: "label" }, f.label, f.required ? "" : h("span", { class: "small" }, " (if you like)"));
  const field = { name: f.name, keep: true };
  let inputs = [];

  if (f.kind === "file") {
    const box = h("div", { class: "attachments" });
    const attachments = new Attachments(box, () => app.as);
    const input = h("input", { type: "file", id, multiple: true, "aria-describedby": about, onchange: async (e) => { await attachments.add([...e.target.files]); e.target.value = ""; } });
    inputs = [input];
    Object.assign(field, { keep: false, get: () => ({ files: attachments.ids() }), ready: () => attachments.describe() });
    field.element = h("div", { class: "field" }, h("label", { for: id }, named), hint, input, box, fault);
  } else if (f.kind === "choices" || f.kind === "yesno" || (f.kind === "choice" && choices.length <= 6)) {
    const type = f.kind === "choices" ? "checkbox" : "radio";
    inputs = choices.map((o, i) => {
      const input = h("input", { type, name: f.name, value: o.value, id: `${id}-${i}` });
      input.checked = was.includes(o.value);
      return input;
    });
    field.get = () => {
      const picked = inputs.filter((i) => i.checked).map((i) => i.value);
      return type === "radio" ? picked[0] || "" : picked;
    };
    field.element = h("fieldset", { class: "field", "aria-describedby": about }, h("legend", {}, named), hint,
      h("div", { class: choices.length > 3 && choices.every((o) => o.label.length < 26) ? "options short" : "options" }, inputs.map((input, i) => h("label", { class: "option" }, input, h("span", {}, choices[i].whole || choices[i].label)))), fault);
  } else {
    let input;
    if (choices.length) {
      input = h("select", { id, "aria-describedby": about }, h("option", { value: "" }, f.required ? "Please choose" : "None"), choices.map((o) => h("option", { value: o.value }, o.whole || o.label)));
    } else if (f.kind === "longtext") {
      input = h("textarea", { id, rows: "5", "aria-describedby": about });
    } else {
      input = h("input", { id, type: "text", autocomplete: "off", inputmode: f.kind === "number" ? "decimal" : undefined, "aria-describedby": about });
    }
    if (f.max) input.maxLength = f.max;
    input.value = was[0] || "";
    if (f.required) input.setAttribute("aria-required", "true");
    inputs = [input];
    field.get = () => input.value;
    field.element = h("div", { class: "field" }, h("label", { for: id }, named), hint, input, fault);
  }
  if (!hint.textContent) hint.hidden = true;
  field.element.dataset.field = f.name;
  field.focus = () => inputs[0]?.focus();
  field.wrong = (words) => {
    fault.textContent = words;
    fault.hidden = !words;
    for (const input of inputs) {
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  };
  return field;
}

function optionsOf(app, f) {
  if (f.kind === "yesno") return [{ value: "yes", label: "Yes" }, { value: "no", label: "No" }];
  if (f.kind === "person") {
    const people = app.state.people.filter((p) => !f.others || p.id !== app.as);
    return people.map((p) => ({ value: p.id, label: p.name }));
  }
  if (f.kind === "channel") return (app.state.channels || []).map((c) => ({ value: c.id, label: `#${c.id}` }));
  return f.options || [];
}
