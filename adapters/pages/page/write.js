// Keeps what is being written: here on the device with every letter, and with the bot
// a moment after the last. The page can be written on without this.
//
// On the device stand the parts that were opened, as long as the page is open in this
// browser: with worker.js they can be written on without a connection. Once it is
// closed only what was never sent stays, until a new link is opened here.
const now = "writing"; // under this key: whose page is open here, and until when
const forWeeks = 30 * 24 * 3600 * 1000; // what was never sent stays so long after the page has ended

const body = document.body;
const form = document.querySelector("form#write");
const closing = document.querySelector("form#close");
sweep();
if ("offline" in body.dataset) offline();
else if (body.dataset.closed) closed();
else opened();

// texts gives what this device holds: each with the part that it is of.
function texts() {
  const all = [];
  try {
    for (const key of Object.keys(localStorage)) {
      const [kind, portfolio, part] = key.split(" ");
      if (kind === "writing" && part) all.push({ key, portfolio, part, ...JSON.parse(localStorage.getItem(key)) });
    }
  } catch { /* a browser that keeps nothing */ }
  return all;
}
function read(key) { try { return JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; } }
function drop(some) { for (const t of some) localStorage.removeItem(t.key); }

// sweep takes away what has had its time.
function sweep() {
  const at = Date.now();
  drop(texts().filter((t) => t.until && at > t.until + (t.sent ? 0 : forWeeks)));
}

// forget takes away what the bot has, and what shows a page without a connection; of
// one portfolio everything.
async function forget(portfolio) {
  drop(texts().filter((t) => t.sent || t.portfolio === portfolio));
  try { localStorage.removeItem(now); } catch { /* kept nothing */ }
  try {
    for (const name of await caches.keys()) if (name.startsWith("writing ")) await caches.delete(name);
    await (await navigator.serviceWorker.getRegistration("/write"))?.unregister();
  } catch { /* a browser without them, or a page without https */ }
}

// opened is a page that the bot made.
function opened() {
  const portfolio = body.dataset.portfolio;
  const until = Date.now() + Number(body.dataset.left);
  drop(texts().filter((t) => t.sent && t.portfolio !== portfolio)); // whoever wrote here before
  try { localStorage.setItem(now, JSON.stringify({ portfolio, until })); } catch { /* keeps nothing */ }
  navigator.serviceWorker?.register("/write-worker.js", { scope: "/write" }).catch(() => { /* it goes without */ });
  for (const t of texts()) {
    const line = t.portfolio === portfolio && !t.sent && document.querySelector(`li[data-part="${CSS.escape(t.part)}"] .free`);
    if (line) line.append(" · what you wrote last was not sent yet: open it here, and it is");
  }
  let warned = false;
  closing?.addEventListener("submit", (e) => {
    const left = texts().filter((t) => t.portfolio === portfolio && !t.sent);
    if (!left.length || warned) return;
    e.preventDefault();
    warned = true;
    closing.querySelector("[role=status]").textContent = `Not sent yet: ${left.map((t) => t.title || t.part).join(", ")}. Closing the page deletes that. Press again to close it all the same.`;
  });
  if (form) write({ portfolio, until, part: form.dataset.part, title: document.querySelector("h1").textContent, ask: document.getElementById("ask")?.textContent || "" });
}

// closed is what the bot shows where the page is closed: by its button, or found so.
async function closed() {
  await forget(body.dataset.closed === "left" ? read(now)?.portfolio : undefined);
  const left = texts().filter((t) => !t.sent);
  const box = document.getElementById("left");
  if (!left.length || !box) return;
  box.hidden = false;
  box.querySelector("p").textContent = `On this device there is something that was not sent yet: ${left.map((t) => t.title || t.part).join(", ")}. Whoever wrote it opens a new link here, and it is sent. It is deleted after a month.`;
  box.querySelector("button").addEventListener("click", () => {
    drop(left);
    box.querySelector("p").textContent = "Deleted. Nothing of it is on this device any more.";
    box.querySelector("button").hidden = true;
  });
}

// offline is the page that worker.js shows where there is no connection.
function offline() {
  const about = document.getElementById("about");
  const open = read(now);
  addEventListener("online", () => { if (!form.dataset.part) location.reload(); });
  if (!open || Date.now() > open.until) {
    about.textContent = "There is no connection just now, and the page for writing is not open in this browser any more. When there is one again, write /portfolio page to the bot, and open the new link here: what was not sent yet is sent then.";
    return;
  }
  const all = texts().filter((t) => t.portfolio === open.portfolio);
  let sure = false;
  closing.hidden = false;
  closing.addEventListener("submit", async (e) => {
    e.preventDefault();
    const say = closing.querySelector("[role=status]");
    if (!sure && texts().some((t) => t.portfolio === open.portfolio && !t.sent)) {
      sure = true;
      say.textContent = "Something here was not sent yet, and would be gone. Press again to take it off all the same.";
      return;
    }
    await forget(open.portfolio);
    form.remove();
    document.getElementById("parts").hidden = true;
    about.textContent = "Nothing of it is on this device any more. The page itself is closed when there is a connection: open it and press Close this page, or write /portfolio lock to the bot.";
    closing.hidden = true;
  });
  const part = decodeURIComponent(location.pathname.split("/")[2] || "");
  const left = all.find((t) => t.part === part);
  if (!left) {
    const list = document.getElementById("parts");
    for (const t of all) {
      const a = Object.assign(document.createElement("a"), { href: `/write/${encodeURIComponent(t.part)}`, textContent: t.title || t.part });
      const line = document.createElement("li");
      line.append(a, t.sent ? "" : " · not sent yet");
      list.append(line);
    }
    list.hidden = all.length === 0;
    about.textContent = all.length
      ? "There is no connection just now. These parts, which you opened here before, you can go on with; what you write is sent when there is a connection again."
      : "There is no connection just now. Parts that you open here while there is one can be written on without one, later.";
    return;
  }
  document.title = document.querySelector("h1").textContent = left.title || part;
  about.textContent = left.ask || "";
  document.getElementById("all").hidden = form.hidden = false;
  form.action = location.pathname;
  form.dataset.part = part;
  const area = form.querySelector("textarea");
  area.value = left.text;
  form.elements.base.value = left.base;
  write({ ...open, part, title: left.title, ask: left.ask }, left);
}

// write keeps one part. left is what the device holds of it, where the bot could not
// be asked.
function write(page, left) {
  const area = form.querySelector("textarea");
  const base = form.elements.base;
  const state = document.getElementById("state");
  const place = `writing ${page.portfolio} ${page.part}`;
  const most = Number(form.dataset.most);
  const pause = 1500; // after the last letter
  const soonest = 15000; // between two tries without a connection
  let kept = area.value; // what the bot has
  let since = 0, timer = 0, sending = null, over = false;

  function say(text, held) {
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("held", Boolean(held));
  }
  function hold() { // on this device
    try {
      const sent = area.value === kept;
      if (sent && over) localStorage.removeItem(place);
      else localStorage.setItem(place, JSON.stringify({ base: base.value, text: area.value, sent, title: page.title, ask: page.ask, until: page.until }));
      return true;
    } catch { return false; } // a browser that keeps nothing
  }
  function later(ms) { clearTimeout(timer); timer = setTimeout(send, ms); }

  // proof is what a form of this session holds. The page that came without a connection
  // has none, and looks it up in the one that the bot makes.
  async function proof() {
    if (!form.elements.proof.value) {
      const got = await fetch(form.action, { redirect: "error" });
      if (!got.ok) return got;
      const made = new DOMParser().parseFromString(await got.text(), "text/html");
      form.elements.proof.value = made.querySelector("form#write [name=proof]").value;
    }
    return null;
  }

  function send() {
    clearTimeout(timer);
    sending ||= sendNow().finally(() => { sending = null; if (!since && !over && area.value !== kept && [...area.value].length <= most) later(pause); });
    return sending;
  }
  async function sendNow() {
    const text = area.value;
    if (over || text === kept) return;
    if ([...text].length > most) {
      say(`This is longer than a part can be: ${[...text].length} characters, and ${most} fit. What you write is kept on this device, and sent when it is shorter.`, true);
      return;
    }
    say("Keeping it…");
    try {
      let got = await proof();
      let answer = {};
      if (!got) {
        const sent = new URLSearchParams({ proof: form.elements.proof.value, base: base.value, "q.text": text });
        got = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: sent, redirect: "error", keepalive: text.length < 15000 });
        if (got.headers.get("Content-Type")?.startsWith("application/json")) answer = await got.json();
      }
      if (got.ok) {
        kept = text;
        base.value = answer.mark;
        if (answer.added) { // in the chat, below what stood here
          const at = [area.selectionStart, area.selectionEnd, area.scrollTop];
          if (area.value === text) kept = `${text}\n\n${answer.added}`;
          area.value += `\n\n${answer.added}`;
          [area.selectionStart, area.selectionEnd, area.scrollTop] = at;
        }
        since = 0;
        hold();
        say(answer.say);
      } else if (got.status === 401 || got.status === 403 || got.status === 404) {
        over = true;
        const held = hold();
        say(`${answer.say || "This page is no longer open."} ${held ? "What you wrote is kept on this device: open a new link here, and it is sent." : "Copy what you wrote before you leave."}`, true);
        forget();
      } else if (answer.say) {
        say(answer.say, true);
      } else throw new Error(got.status);
    } catch {
      since = Math.min(since * 2 || soonest, 4 * soonest);
      say(hold() ? "No connection just now. What you write is kept on this device, and sent when there is one again." : "No connection just now, and this browser keeps nothing. Leave the page open until there is one again.", true);
      later(since);
    }
  }

  // What the last visit could not send. Where it was changed elsewhere meanwhile, the
  // bot keeps both.
  if (left) {
    if (!left.sent) kept = null;
    say("No connection just now. What you write is kept on this device, and sent when there is one again.", true);
    since = soonest;
    later(soonest);
  } else {
    const last = read(place);
    if (last && !last.sent && last.text !== area.value) {
      area.value = last.text;
      base.value = last.base;
      say("This is what you wrote here last, before it could be sent.");
      later(0);
    } else hold();
  }

  area.addEventListener("input", () => {
    const safe = hold();
    if (over) return;
    if (!since) say(safe ? "Kept on this device." : "");
    later(since || pause);
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    since = 0;
    if (area.value === kept) say("Kept. Nothing has changed since.");
    else send();
  });
  addEventListener("online", () => { since = 0; send(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
  addEventListener("pagehide", send);
}
