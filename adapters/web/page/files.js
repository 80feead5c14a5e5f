// Files: how they are shown, attached, recorded and described.
import { h, icon, say } from "./dom.js";
import { call } from "./api.js";

export const MAX = 16 * 1024 * 1024;

const size = (n) => (n < 1024 * 1024 ? `${Math.max(1, Math.round(n / 1024))} KB` : `${(n / 1024 / 1024).toFixed(1)} MB`);

export function showFile(f) {
  const safe = /^(image\/(png|jpeg|gif|webp)|audio\/|video\/(mp4|webm))/.test(f.type);
  const alt = f.alt && h("figcaption", { class: "small" }, f.alt);
  if (safe && f.kind === "photo") {
    return h("figure", { class: "photo" }, h("a", { href: f.url, target: "_blank", rel: "noopener" }, h("img", { src: f.url, alt: f.alt || `Photo ${f.name}, not described`, loading: "lazy" })), alt);
  }
  if (safe && f.kind === "voice note") {
    return h("figure", { class: "voice" }, h("audio", { src: f.url, controls: true, preload: "metadata", "aria-label": `Voice note ${f.name}` }), h("figcaption", { class: "small" }, f.alt || f.name));
  }
  if (safe && f.kind === "video") {
    return h("figure", { class: "photo" }, h("video", { src: f.url, controls: true, preload: "metadata", "aria-label": f.alt || f.name }), alt);
  }
  const [what, about] = /^text\/calendar/.test(f.type) ? ["For your own calendar", f.name]
    : /^text\/html/.test(f.type) ? [f.alt || f.name, `page to keep, ${size(f.size)}`]
      : [f.name, `${f.kind}, ${size(f.size)}`];
  return h("a", { class: "download", href: f.url, download: f.name }, h("span", {}, what), h("span", { class: "small" }, about));
}

// upload keeps a file with the workspace and gives it back with its id.
export async function upload(as, blob, name) {
  if (blob.size > MAX) throw new Error(`${name} has ${size(blob.size)}; ${size(MAX)} is the most.`);
  const data = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] || "");
    reader.onerror = () => reject(new Error(`${name} could not be read.`));
    reader.readAsDataURL(blob);
  });
  return (await call("upload", { as, name, type: blob.type.split(";")[0], data })).file;
}

// Attachments are the files that wait to be sent with a message or a form.
export class Attachments {
  constructor(box, as, changed = () => {}) {
    Object.assign(this, { box, as, changed, files: [] });
  }

  ids() { return this.files.map((f) => f.id); }

  clear() { this.files = []; this.draw(); }

  async add(list) {
    for (const file of list) {
      try {
        this.files.push(await upload(this.as(), file, file.name));
      } catch (e) {
        say(e.message, true);
      }
    }
    this.draw();
    this.box.querySelector(".attached:last-child input")?.focus();
  }

  // describe keeps what was written about the files.
  async describe() {
    for (const f of this.files) if (f.alt) await call("describe", { as: this.as(), id: f.id, alt: f.alt });
  }

  draw() {
    this.changed();
    this.box.replaceChildren(...this.files.map((f) => h("div", { class: "attached", data: { file: f.id } },
      f.kind === "photo" && /^image\/(png|jpeg|gif|webp)$/.test(f.type) ? h("img", { src: f.url, alt: "" }) : h("span", { class: "kind" }, f.kind),
      h("label", {}, h("span", { class: "small" }, f.kind === "photo" ? "What it shows, if you like" : "What it is, if you like"),
        (() => {
          const field = h("input", { type: "text", maxlength: "500", oninput: (e) => { f.alt = e.target.value; } });
          field.value = f.alt || "";
          return field;
        })()),
      h("button", { type: "button", class: "quiet", "aria-label": `Remove ${f.name}`, onclick: () => { this.files = this.files.filter((x) => x !== f); this.draw(); } }, "Remove"))));
  }
}

// recordButton records a voice note where the browser can; without a microphone
// there is nothing to press.
export function recordButton(attachments) {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return null;
  let recorder = null;
  const button = h("button", { type: "button", class: "tool record", "aria-pressed": "false", "aria-label": "Record a voice note" }, icon("record"));
  const idle = () => { recorder = null; say(""); button.setAttribute("aria-pressed", "false"); button.setAttribute("aria-label", "Record a voice note"); };
  button.addEventListener("click", async () => {
    if (recorder) { recorder.stop(); return; }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const heard = [];
      recorder = new MediaRecorder(stream);
      recorder.ondataavailable = (e) => {
        if (e.data.size === 0) return;
        heard.push(e.data);
        if (recorder.state === "recording") say("Recording. Press the button again to stop.");
      };
      recorder.onstop = () => {
        for (const track of stream.getTracks()) track.stop();
        const type = (recorder.mimeType || "audio/webm").split(";")[0];
        if (heard.length) attachments.add([new File(heard, `voice-note.${type.split("/")[1]}`, { type })]);
        idle();
      };
      recorder.start(200); // in pieces, so that it is said once something is kept
      button.setAttribute("aria-pressed", "true");
      button.setAttribute("aria-label", "Stop recording");
    } catch {
      idle();
      say("No microphone can be used here. You can attach a recording as a file instead.", true);
    }
  });
  return button;
}
