// The civil clock of the workspace: what it shows, and moving it.
import { $, say } from "./dom.js";
import { call } from "./api.js";

let shown = { at: 0, since: 0, zone: undefined };
let busy = false;

function tick() {
  if (!shown.at) return;
  const now = new Date(shown.at + (performance.now() - shown.since));
  const words = new Intl.DateTimeFormat("en-NZ", {
    weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit", timeZone: shown.zone,
  }).format(now);
  if ($("now").textContent !== words) $("now").textContent = words;
  $("now").dateTime = now.toISOString();
}

export function showClock(app) {
  const c = app.state.clock;
  $("clock").hidden = !c.can;
  shown = { at: Date.parse(c.now), since: performance.now(), zone: app.state.you.zone || undefined };
  $("fast").setAttribute("aria-pressed", String(Boolean(c.fast)));
  $("fast").textContent = c.fast ? "Stop running" : "Run fast";
  tick();
}

// now is the civil time that the page shows.
export const now = () => new Date(shown.at + (performance.now() - shown.since));

export function wireClock(app) {
  setInterval(tick, 5000);
  const move = async (body, button) => {
    if (busy) return;
    busy = true;
    $("clock").classList.add("busy");
    button.setAttribute("aria-disabled", "true");
    try {
      app.state.clock = await call("clock", { as: app.as, ...body });
      showClock(app);
      if (body.move) {
        say(`It is now ${$("now").textContent}.`);
        if ($("clock-moves").contains(document.activeElement) && $("clock").classList.contains("open")) $("clock-open").focus();
        open(false);
      }
    } catch (e) {
      say(e.message, true);
    } finally {
      busy = false;
      $("clock").classList.remove("busy");
      button.removeAttribute("aria-disabled");
    }
  };
  for (const button of document.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => move({ move: button.dataset.move }, button));
  }
  $("fast").addEventListener("click", () => move({ fast: !app.state.clock.fast }, $("fast")));
  const open = (yes) => {
    $("clock").classList.toggle("open", yes);
    $("clock-open").setAttribute("aria-expanded", String(yes));
  };
  $("clock-open").addEventListener("click", () => open(!$("clock").classList.contains("open")));
  document.addEventListener("pointerdown", (e) => { if (!$("clock").contains(e.target)) open(false); });
  $("clock").addEventListener("keydown", (e) => {
    if (e.key === "Escape" && $("clock").classList.contains("open")) { e.preventDefault(); open(false); $("clock-open").focus(); }
  });
}
