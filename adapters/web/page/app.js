// Where the page begins: who you are, where you look, and what to do when
// something happens.
import { $, say } from "./dom.js";
import { get, watch } from "./api.js";
import { MessageList } from "./messages.js";
import { Composer } from "./composer.js";
import { openForm } from "./form.js";
import { showSide, wireSide } from "./side.js";
import { showClock, wireClock } from "./clock.js";
import { showTour } from "./tour.js";

// app is what all parts of the page share.
export const app = {
  state: null,
  as: "",
  place: "",
  thread: "",
  seen: {}, // by place: the latest message that this person has looked at
  go, answer, reload,
};

const main = new MessageList($("messages"), app);
const replies = new MessageList($("thread-messages"), app);
const composer = new Composer($("composer"), app);
const replyComposer = new Composer($("thread-composer"), app);
let stop = () => {};
let greeted = () => {};
let begun = Promise.resolve(); // the stream of what happens
let wanted = ""; // whose seat it is, or will be as soon as it has come
let drawn = ""; // whose messages of which place are shown
let shows = 0;

// go takes a seat, a place or a thread, and keeps it in the address.
async function go(to, replace = false) {
  const next = { as: wanted, place: app.place, thread: "", ...to };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(next)) if (value) query.set(name, value);
  history[replace ? "replaceState" : "pushState"](null, "", `/?${query}`);
  await show();
}

// show brings the page in line with its address. The address may change while it
// waits; whoever changed it goes on from there. The page is ready when it shows what
// its address says and hears what happens.
async function show() {
  const mine = ++shows;
  const query = new URLSearchParams(location.search);
  const as = query.get("as") || "";
  if (!app.state || as !== app.as) {
    document.body.classList.remove("ready");
    wanted = as;
    await reload();
    if (!app.state || mine !== shows) return;
    stop();
    app.as = wanted = app.state.you.id;
    app.seen = JSON.parse(localStorage.getItem(`seen:${app.as}`) || "{}");
    begun = listen();
    for (const form of app.state.forms || []) openForm(app, form);
  }
  await begun;
  if (mine !== shows) return;
  const known = [...(app.state.channels || []).map((c) => c.id), app.state.direct.id];
  const place = known.includes(query.get("place")) ? query.get("place") : known[0];
  const thread = query.get("thread") || "";
  if (drawn !== `${app.as} ${place}`) {
    drawn = `${app.as} ${place}`;
    app.place = place;
    showPlace();
    composer.turnTo(place, "");
    await main.turnTo(place, "");
    if (mine !== shows) return;
  }
  if (thread !== app.thread || thread) {
    app.thread = thread;
    $("thread").hidden = !thread;
    document.body.classList.toggle("in-thread", Boolean(thread));
    if (thread) {
      replyComposer.turnTo(place, thread);
      // Before the replies come, so that whoever types meanwhile is left alone. On a
      // phone the keyboard would cover what is to be read.
      if (matchMedia("(pointer: coarse)").matches) $("thread-head").focus({ preventScroll: true });
      else replyComposer.field.focus({ preventScroll: true });
      await replies.turnTo(place, thread);
      if (mine !== shows) return;
    }
  }
  looked();
  document.body.classList.add("ready");
}

// listen begins the stream of what happens. What is read once it has begun cannot
// fall between the two; where it takes its time, all is read again when it has.
function listen() {
  let late = false;
  const seat = app.as;
  const hello = new Promise((yes) => { greeted = yes; });
  stop = watch(seat, happens);
  hello.then(() => { if (late && app.as === seat) happens.reset(); });
  return Promise.race([hello, new Promise((enough) => { setTimeout(() => { late = true; enough(); }, 1000); })]);
}

// reload reads the state anew: people, places, commands, the clock.
async function reload() {
  const as = wanted;
  try {
    const state = await get("state", { as });
    if (as !== wanted) return;
    app.state = state;
  } catch (e) {
    if (as !== wanted) return;
    if (e.status === 404 && as && as !== app.as) {
      wanted = "";
      await reload();
      return;
    }
    say(e.message, true);
    return;
  }
  showSide(app);
  showClock(app);
  showTour(app);
  if (app.place) showPlace();
}

function showPlace() {
  const c = app.state.channels?.find((one) => one.id === app.place);
  const name = c ? `#${c.id}` : app.state.bot.name;
  $("place").textContent = name;
  $("topic").textContent = c ? c.topic || "" : `Only you and ${app.state.bot.name} can read this.`;
  document.title = `${name} · ${app.state.you.name} · ${app.state.title}`;
  $("messages").setAttribute("aria-label", `Messages in ${name}`);
}

// looked remembers what has been seen here.
function looked() {
  const last = main.latest();
  if (last && last > (app.seen[app.place] || "")) {
    app.seen[app.place] = last;
    localStorage.setItem(`seen:${app.as}`, JSON.stringify(app.seen));
  }
  showSide(app);
}

const happens = {
  message(m) {
    const list = m.thread ? replies : main;
    const here = m.place === app.place && (m.thread || "") === (m.thread ? app.thread : "");
    const fresh = here ? list.put(m) : false;
    if (here && !m.thread && m.id === app.thread) replies.putTop(m);
    if (!m.thread && !m.mine) {
      const place = [...(app.state.channels || []), app.state.direct].find((c) => c.id === m.place);
      if (place && m.id > (place.latest || "")) place.latest = m.id;
    }
    if (fresh && !m.mine) announce(m);
    if (here && !document.hidden) looked();
    else showSide(app);
  },
  gone(m) {
    main.take(m.id);
    replies.take(m.id);
  },
  people: () => reload(),
  clock(c) {
    app.state.clock = c;
    showClock(app);
  },
  hello(c) {
    document.body.classList.remove("cut-off");
    happens.clock(c);
    greeted();
  },
  async reset() {
    await reload();
    await main.turnTo(app.place, "");
    if (app.thread) await replies.turnTo(app.place, app.thread);
  },
  down: () => document.body.classList.add("cut-off"),
};

function announce(m) {
  const words = document.createElement("p");
  const text = document.createElement("div");
  text.innerHTML = m.html;
  words.textContent = `${m.author.name}${m.onlyYou ? ", only to you" : ""}: ${text.textContent}`;
  $("log").append(words);
  while ($("log").children.length > 10) $("log").firstChild.remove();
}

// answer shows what came back for a command, a button or a form.
function answer(a) {
  if (a.reply) {
    const list = a.reply.thread && a.reply.thread === app.thread ? replies : main;
    if (a.reply.place === app.place && (a.reply.thread || "") === (list === replies ? app.thread : "")) {
      if (list.put(a.reply)) announce(a.reply);
      list.toEnd();
    }
  }
  if (a.form) openForm(app, a.form);
  if (a.errors && !a.form) say(Object.values(a.errors).join(" "), true);
}

wireSide(app);
wireClock(app);
$("thread-close").addEventListener("click", () => {
  const from = app.thread;
  go({ thread: "" });
  main.focus(from);
});
window.addEventListener("popstate", show);
document.addEventListener("visibilitychange", () => { if (!document.hidden && app.state) looked(); });
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape" && app.thread && !e.defaultPrevented && !document.querySelector("dialog[open]")) $("thread-close").click();
});
if (location.hash === "#opening") {
  // Where a thread covers the channel, a newcomer sees the channel first.
  const query = new URLSearchParams(location.search);
  if (matchMedia("(max-width: 900px)").matches) query.delete("thread");
  history.replaceState(null, "", `/?${query}`);
}
await show();
