// The first things to try, until they are put away.
import { $, h } from "./dom.js";

export function showTour(app) {
  const steps = app.state.tour || [];
  const away = localStorage.getItem(`tour:${app.state.title}`) === "away";
  $("tour").hidden = away || steps.length === 0;
  if ($("tour").hidden) return;
  $("tour-steps").replaceChildren(...steps.map((step) => h("li", {},
    h("strong", {}, step.title),
    h("div", { html: step.html }),
    step.link && h("a", { href: step.link }, "Go there"))));
  $("tour-close").onclick = () => {
    localStorage.setItem(`tour:${app.state.title}`, "away");
    $("tour").hidden = true;
    $("messages").focus();
  };
}
