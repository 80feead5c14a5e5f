// Keeps what is being written: here on the device with every letter, and with the bot
// a moment after the last. The page can be written on without this.
const form = document.querySelector("form#write");
if (form) write();

function write() {
  const area = form.querySelector("textarea");
  const base = form.elements.base;
  const state = document.getElementById("state");
  const place = `writing ${form.dataset.portfolio} ${form.dataset.part}`;
  const most = Number(form.dataset.most);
  const pause = 1500; // after the last letter
  const soonest = 15000; // between two tries without a connection
  let kept = area.value; // what the bot has
  let since = 0, timer = 0, sending = false, over = false;

  function say(text, held) {
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("held", Boolean(held));
  }
  function hold() { // on this device
    try {
      if (area.value === kept) localStorage.removeItem(place);
      else localStorage.setItem(place, JSON.stringify({ base: base.value, text: area.value }));
      return true;
    } catch { return false; } // a browser that keeps nothing
  }
  function later(ms) { clearTimeout(timer); timer = setTimeout(send, ms); }

  async function send() {
    clearTimeout(timer);
    const text = area.value;
    if (sending || over || text === kept) return;
    if ([...text].length > most) {
      say(`This is longer than a part can be: ${[...text].length} characters, and ${most} fit. What you write is kept on this device, and sent when it is shorter.`, true);
      return;
    }
    sending = true;
    say("Keeping it…");
    try {
      const sent = new URLSearchParams({ proof: form.elements.proof.value, base: base.value, "q.text": text });
      const got = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: sent, redirect: "error", keepalive: text.length < 15000 });
      const answer = got.headers.get("Content-Type")?.startsWith("application/json") ? await got.json() : {};
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
        say(`${answer.say || "This page is no longer open."} ${hold() ? "What you wrote is kept on this device: open a new link here, and it is sent." : "Copy what you wrote before you leave."}`, true);
      } else if (answer.say) {
        say(answer.say, true);
      } else throw new Error(got.status);
    } catch {
      since = Math.min(since * 2 || soonest, 4 * soonest);
      say(hold() ? "No connection just now. What you write is kept on this device, and sent when there is one again." : "No connection just now, and this browser keeps nothing. Leave the page open until there is one again.", true);
      later(since);
    } finally {
      sending = false;
    }
    if (!since && !over && area.value !== kept) later(pause);
  }

  // What the last visit could not send. Where it was changed elsewhere meanwhile, the
  // bot keeps both.
  try {
    const left = JSON.parse(localStorage.getItem(place) || "null");
    if (left && left.text !== area.value) {
      area.value = left.text;
      base.value = left.base;
      say("This is what you wrote here last, before it could be sent.");
      later(0);
    } else if (left) hold();
  } catch { /* nothing was kept */ }

  area.addEventListener("input", () => {
    const safe = hold();
    if (over) return;
    if (!since) {
      say(safe ? "Kept on this device." : "");
      later(pause);
    }
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
