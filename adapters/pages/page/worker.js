// Shows the page for writing where there is no connection: the same page for everybody,
// with nobody's words. They stand in the browser's own storage, where write.js finds
// them. Nothing else is kept here, and no page that the bot made is.
const shelf = "writing VERSION";
const shell = "/write-offline";
const assets = ["/page.css", "/write.js"];
const patience = 8000; // for a page, on a connection that is as good as none

addEventListener("install", (e) => e.waitUntil((async () => {
  const c = await caches.open(shelf);
  await c.addAll([shell, ...assets].map((path) => new Request(path, { cache: "reload", credentials: "omit" })));
  await skipWaiting();
})()));

addEventListener("activate", (e) => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("writing ") && name !== shelf) await caches.delete(name);
  await clients.claim();
})()));

addEventListener("fetch", (e) => {
  const { request } = e;
  const url = new URL(request.url);
  if (request.mode === "navigate") e.respondWith(page(request));
  else if (request.method === "GET" && url.origin === location.origin && assets.includes(url.pathname)) {
    e.respondWith(fetch(request).catch(async (err) => (await caches.match(url.pathname)) || Promise.reject(err)));
  }
});

async function page(request) {
  const asked = fetch(request);
  try {
    const got = await (request.method === "GET" ? Promise.race([asked, late()]) : asked);
    if (got.status >= 502 && got.status <= 504) throw new Error("the bot is away");
    return got;
  } catch {
    return (await caches.match(shell)) || asked;
  }
}

function late() { return new Promise((_, no) => setTimeout(() => no(new Error("late")), patience)); }
