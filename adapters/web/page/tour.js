// The first things to try, until they are put away.
import { $, h } from "./dom.js";

export function showTour(app) {
  const steps = app.state.tour || [];
  const kept = `tour:${app.state.title}`;
  const away = localStorage.getItem(kept) === "away";
  $("tour").hidden = away || steps.length === 0;
  $("tour-open").hidden = !away || steps.length === 0;
  $("tour-steps").replaceChildren(...steps.map((step) => h("li", {},
    h("strong", {}, step.title),
    h("div", { html: step.html }),
    step.link && h("a", { href: step.link }, "Go there"))));
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
