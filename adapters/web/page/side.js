// The list of places, and who you are.
import { $, h, say } from "./dom.js";
import { call } from "./api.js";

function unread(app, c) {
  return c.latest && c.latest > (app.seen[c.id] || "") && c.id !== app.place;
}

function placeItem(app, c, name) {
  const isNew = unread(app, c);
  return h("li", {}, h("a", {
    href: `/?as=${encodeURIComponent(app.as || app.state.you.id)}&place=${encodeURIComponent(c.id)}`,
    class: isNew ? "unread" : "",
    data: { place: c.id },
    "aria-current": c.id === app.place ? "page" : undefined,
    onclick: (e) => {
      if (e.metaKey || e.ctrlKey || e.shiftKey) return;
      e.preventDefault();
      closeSide();
      app.go({ place: c.id });
    },
  }, h("span", { class: "name" }, name), isNew && h("span", { class: "new" }, "new")));
}

// showSide brings the list in line with what is known.
export function showSide(app) {
  const s = app.state;
  $("title").textContent = s.title;
  $("channels").replaceChildren(...(s.channels || []).map((c) => placeItem(app, c, `# ${c.id}`)));
  $("direct").replaceChildren(placeItem(app, s.direct, s.bot.name));
  $("elsewhere").hidden = ![...(s.channels || []), s.direct].some((c) => unread(app, c));
  const select = $("person");
  const wanted = (s.people || []).map((p) => `${p.id}=${p.name}`).join();
  if (select.dataset.people !== wanted) {
    select.dataset.people = wanted;
    select.replaceChildren(...s.people.map((p) => h("option", { value: p.id }, p.name)));
  }
  select.value = s.you.id;
  $("zone").textContent = s.you.zone ? `Times are shown for ${s.you.zone.split("/").pop().replaceAll("_", " ")}.` : "";
  $("door").checked = Boolean(s.you.closed);
}

function openSide() {
  document.body.classList.add("side-open");
  $("open-side").setAttribute("aria-expanded", "true");
  $("shade").hidden = false;
  $("close-side").focus();
}

function closeSide() {
  if (!document.body.classList.contains("side-open")) return;
  document.body.classList.remove("side-open");
  $("open-side").setAttribute("aria-expanded", "false");
  $("shade").hidden = true;
  $("open-side").focus();
}

export function wireSide(app) {
  $("open-side").addEventListener("click", openSide);
  $("close-side").addEventListener("click", closeSide);
  $("shade").addEventListener("click", closeSide);
  $("side").addEventListener("keydown", (e) => {
    if (e.key === "Escape") { e.preventDefault(); closeSide(); }
  });
  $("person").addEventListener("change", (e) => {
    closeSide();
    app.go({ as: e.target.value, place: app.place });
  });
  $("door").addEventListener("change", async (e) => {
    try {
      await call("door", { as: app.as, closed: e.target.checked });
    } catch (x) {
      e.target.checked = !e.target.checked;
      say(x.message, true);
    }
  });
}
