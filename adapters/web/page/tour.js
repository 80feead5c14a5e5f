// The first things to try, one at a time, until they are put away.
import { $, h } from "./dom.js";

let at = 0;

export function showTour(app) {
  const steps = app.state.tour || [];
  const kept = `tour:${app.state.title}`;
  const away = localStorage.getItem(kept) === "away";
  $("tour").hidden = away || steps.length === 0;
  $("tour-open").hidden = !away || steps.length === 0;
  if (steps.length === 0) return;
  at = Math.min(at, steps.length - 1);
  const step = steps[at];
  $("tour-head").textContent = `Try this, ${at + 1} of ${steps.length}: ${step.title}`;
  $("tour-step").replaceChildren(h("div", { html: step.html }));
  $("tour-go").hidden = !step.link;
  $("tour-go").href = step.link || "#";
  $("tour-next").hidden = steps.length < 2;
  $("tour-next").textContent = at + 1 < steps.length ? "Next" : "From the start";
  $("tour-next").onclick = () => {
    at = (at + 1) % steps.length;
    showTour(app);
  };
  $("tour-close").onclick = () => {
    localStorage.setItem(kept, "away");
    showTour(app);
    $("messages").focus();
  };
  $("tour-open").onclick = () => {
    localStorage.removeItem(kept);
    showTour(app);
    $("tour-close").focus();
  };
}
