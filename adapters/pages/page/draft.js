// Keeps what is being typed on this device until it is sent. The page does all it
// is for without this.
const place = "draft " + location.pathname + " ";
const form = document.querySelector("form[data-draft]");
try {
  if (!form) {
    // Nothing is open here any more: it was sent, or the reader went back.
    if (document.querySelector("[data-sent]")) {
      for (const key of Object.keys(localStorage)) if (key.startsWith(place)) localStorage.removeItem(key);
    }
  } else {
    const key = place + form.dataset.draft;
    const fields = [...form.querySelectorAll("input[type=text], textarea")];
    const kept = JSON.parse(localStorage.getItem(key) || "{}");
    for (const field of fields) if (!field.value && kept[field.name]) field.value = kept[field.name];
    form.addEventListener("input", () => {
      localStorage.setItem(key, JSON.stringify(Object.fromEntries(fields.map((f) => [f.name, f.value]))));
    });
    document.querySelector("[data-kept]").hidden = false;
  }
} catch {
  // A browser that keeps nothing: what is typed stands in the page all the same.
}
