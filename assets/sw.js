// What the application needs to start is kept on the device, so that it opens without a network and says so itself.
// No answer about anybody's data is ever kept: nothing under /api, /auth or /_event passes here.
const BUILD = "__BUILD__"; // tools/build_page.py writes the build's own mark here: a new build is a new worker
const CACHE = `shell-${BUILD}`;
const OFFLINE = "/offline.html";
const ANY = { ignoreVary: true }; // our answers name Origin in Vary, and it says nothing about these files
const FIRST = [OFFLINE, "/offline.js", "/tokens.css", "/app.css", "/icons.svg", "/favicon.svg", "/logo.svg", "/manifest.webmanifest"];
const FONT = "/fonts/inter-latin-wght-normal.woff2";
const HASHED = /^\/(assets|fonts)\//; // their names change with what is in them
const SHELL = /^\/[\w.-]+\.(css|js|svg|png|webmanifest)$/;
const PAGE = /^\/(?!_|api\/|auth\/|ping|healthz|readyz)[\w/-]*$/;

/** One entry for all records of a list: the page is the same, what it shows comes over the socket. */
const pageKey = (url) => new URL(url).pathname.replace(/\/\d+(?=\/|$)/g, "/0").replace(/(.)\/$/, "$1");

const isHtml = (answer) => answer.ok && answer.type === "basic" && (answer.headers.get("content-type") ?? "").startsWith("text/html");

/** Keep a page and the scripts that it names. */
async function keepPage(cache, url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!isHtml(answer)) return;
  const text = await answer.clone().text();
  await cache.put(pageKey(url), answer);
  const named = [...new Set(text.match(/\/assets\/[\w./-]+\.(?:js|css)/g) ?? [])];
  await Promise.all(named.map(async (name) => (await cache.match(name, ANY)) || cache.add(name).catch(() => {})));
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll([...FIRST.map((path) => new Request(path, { cache: "reload" })), FONT]);
      await keepPage(cache, new URL("/", self.location.origin).href);
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
      await self.clients.claim();
      // the pages that are open were fetched before this worker was there
      const cache = await caches.open(CACHE);
      for (const client of await self.clients.matchAll({ type: "window" })) await keepPage(cache, client.url).catch(() => {});
    })(),
  );
});

async function page(event) {
  const cache = await caches.open(CACHE);
  const key = pageKey(event.request.url);
  try {
    const answer = await fetch(event.request);
    if (answer.status === 502 || answer.status === 503 || answer.status === 504) throw new Error("no server behind the proxy");
    if (isHtml(answer) && !answer.redirected) event.waitUntil(cache.put(key, answer.clone()));
    return answer;
  } catch (error) {
    const kept = (await cache.match(key, ANY)) ?? (await cache.match(OFFLINE, ANY));
    if (kept) return kept;
    throw error;
  }
}

async function keptFirst(event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(event.request, ANY);
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.ok && answer.type === "basic") event.waitUntil(cache.put(event.request, answer.clone()));
  return answer;
}

/** Style and icons have no hash in their names: the network's word counts, the kept one only without it. */
async function freshFirst(event) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(event.request);
    if (answer.ok && answer.type === "basic") event.waitUntil(cache.put(event.request, answer.clone()));
    return answer;
  } catch (error) {
    const kept = await cache.match(event.request, { ...ANY, ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") {
    if (PAGE.test(url.pathname)) event.respondWith(page(event));
  } else if (HASHED.test(url.pathname)) event.respondWith(keptFirst(event));
  else if (SHELL.test(url.pathname)) event.respondWith(freshFirst(event));
});
