// Without a network the page comes from where it was kept; with one, always from the city.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const kept = async () => {
    const how = { ignoreSearch: true, ignoreVary: true };
    return (await caches.match(event.request, how)) ?? Response.error();
  };
  event.respondWith(fetch(event.request).catch(kept));
});
