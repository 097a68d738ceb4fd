/* At a computer that several people use. Whoever is at work stays signed in; after half an hour of nothing, or once the
   session is over, the page leaves the screen. The server ends the session by itself, with or without this file. */
(() => {
  "use strict";
  const IDLE = 30 * 60000, RENEW = 5 * 60000, leave = () => location.replace("/home/");
  let touched = Date.now(), told = touched;

  function touch() {
    touched = Date.now();
    if (touched - told < RENEW) return;
    told = touched;
    // What is said over the live socket does not count as using the session.
    fetch(location.href, { method: "HEAD", credentials: "same-origin" }).catch(() => {});
  }

  for (const name of ["pointerdown", "keydown"]) addEventListener(name, touch, { passive: true });
  document.addEventListener("dn:socket", ({ detail }) => { if (detail.code === 4401) leave(); });
  setInterval(() => { if (Date.now() - touched > IDLE) leave(); }, 60000);
})();
