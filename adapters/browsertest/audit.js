// Faults that a person who sees little, or nothing, would meet on the page.
(() => {
  const faults = [];
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.canvas.width = canvas.canvas.height = 1;
  const rgba = (colour, under = [255, 255, 255]) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = `rgb(${under.join()})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
    return layers.reduce((under, colour) => rgba(colour, under), [255, 255, 255]);
  };
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.closest(".hidden, [aria-hidden=true], .skip") && e.getClientRects().length > 0;
  const modal = document.querySelector("dialog[open]");
  const walk = document.createTreeWalker(modal || document.body, NodeFilter.SHOW_TEXT);
  const done = new Set();
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || done.has(e) || !seen(e) || e.closest("script, noscript, svg")) continue;
    done.add(e);
    const style = getComputedStyle(e);
    const under = behind(e);
    const [a, b] = [light(rgba(style.color, under)), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)} of "${walk.currentNode.data.trim().slice(0, 40)}"`);
    if (size < 12) faults.push(`text of ${size} px: "${walk.currentNode.data.trim().slice(0, 40)}"`);
  }
  for (const e of (modal || document).querySelectorAll("button, a, input, select, textarea, [role=menuitem], img, audio, svg")) {
    if (!seen(e)) continue;
    const labels = [...(e.labels || [])].map((l) => l.textContent).join(" ");
    const legend = e.closest("fieldset")?.querySelector("legend")?.textContent || "";
    const name = e.getAttribute("aria-label") || labels || e.textContent.trim() || e.querySelector("img")?.alt || (e.type === "radio" ? legend : "");
    if (e.tagName === "IMG" ? !e.hasAttribute("alt") : e.tagName !== "svg" && !name.trim()) faults.push(`no name: ${e.outerHTML.slice(0, 80)}`);
    const box = e.getBoundingClientRect();
    if (["BUTTON", "SELECT"].includes(e.tagName) && (box.width < 24 || box.height < 24)) faults.push(`small target ${box.width}x${box.height}: ${e.outerHTML.slice(0, 80)}`);
    if (box.left < -1 && !e.closest("#side") || box.right > innerWidth + 1 && !e.closest(".message") ) faults.push(`outside the window: ${e.outerHTML.slice(0, 80)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((x, i) => ids.indexOf(x) !== i))) faults.push(`the id "${id}" stands twice`);
  return faults;
})()
