// The calls of the API and the stream of what happens. See
// docs/local-workspace.md.

export class Refused extends Error {
  constructor(status, answer) {
    super(answer.error || "That did not work just now; nothing you typed is lost. Please try again.");
    this.status = status;
    this.text = answer.text;
  }
}

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refused(0, { error: "The workspace cannot be reached just now; nothing you typed is lost. Is the program still running?" });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

export const get = (path, query) => answered(fetch(`/api/${path}?${new URLSearchParams(query)}`));

export const call = (path, body) => answered(fetch(`/api/${path}`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
}));

// newEvent names a deed, so that trying it again after no answer does it once.
export const newEvent = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`);

// watch calls on[kind](data) for everything that happens, until it is stopped.
// The browser takes a broken stream up again where it broke.
export function watch(as, on) {
  let stream;
  const open = (since) => {
    stream = new EventSource(`/api/events?as=${encodeURIComponent(as)}${since}`);
    for (const kind of Object.keys(on)) {
      if (kind === "down") stream.addEventListener("error", on.down);
      else stream.addEventListener(kind, (e) => on[kind](JSON.parse(e.data || "{}")));
    }
  };
  open("");
  // A page that was left is kept for the way back, with its stream; six of them are
  // all that a browser opens to one address, and the seventh page would wait.
  const ends = new AbortController();
  addEventListener("pagehide", () => stream.close(), { signal: ends.signal });
  addEventListener("pageshow", (e) => { if (e.persisted) open("&last=left"); }, { signal: ends.signal });
  return () => { ends.abort(); stream.close(); };
}
