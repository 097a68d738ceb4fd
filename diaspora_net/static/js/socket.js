/* The one live socket of a signed-in page. Every page works without it.
   Events on document: dn:frame (a frame of the protocol), dn:socket (detail.open, detail.code), dn:badge (counts).
   For other scripts: dn.socket.open, dn.socket.send(frame) → false when it is not open, dn.socket.drop() when it seems dead. */
(() => {
  "use strict";
  if (!document.body?.dataset.user) return;
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`;
  let socket, timer, failures = 0, isOver = false;

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const isOpen = () => socket?.readyState === 1;

  function connect() {
    clearTimeout(timer);
    if (isOver || (socket && socket.readyState < 2)) return;
    const mine = socket = new WebSocket(url);
    mine.onmessage = ({ data }) => {
      if (mine !== socket) return;
      const frame = JSON.parse(data);
      if (frame.t === "hello") { failures = 0; tell("dn:socket", { open: true }); }
      if (frame.t === "badge") tell("dn:badge", frame);
      tell("dn:frame", frame);
    };
    mine.onclose = ({ code }) => { if (mine === socket) lost(code); };
  }

  function lost(code) {
    socket = null;
    // Sign in again, or broken by our own fault: coming back by itself would not help.
    isOver = code === 4401 || code === 4403 || code === 1008;
    tell("dn:socket", { open: false, code });
    // Too many tabs: the one that is looked at next comes back.
    if (isOver || code === 4409) return;
    timer = setTimeout(connect, Math.random() * Math.min(30000, 600 * 2 ** failures++));
  }

  function now() {
    if (document.hidden || isOpen()) return;
    failures = 0;
    connect();
  }

  window.dn = { ...window.dn, socket: {
    get open() { return isOpen(); },
    send(frame) {
      if (!isOpen()) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    drop() {
      const dead = socket;
      if (!dead) return;
      socket = null;
      dead.close();
      lost(0);
    },
  } };
  addEventListener("offline", () => dn.socket.drop());
  for (const name of ["online", "focus", "pageshow"]) addEventListener(name, now);
  document.addEventListener("visibilitychange", now);
  // What waits to be sent belongs to one person; it leaves the device with them.
  const mine = `dn-outbox:${document.body.dataset.user}:`;
  const forget = (test) => {
    for (const key of Object.keys(localStorage)) if (key.startsWith("dn-outbox:") && test(key)) localStorage.removeItem(key);
  };
  try { forget((key) => !key.startsWith(mine)); } catch { /* no storage, nothing kept */ }
  document.addEventListener("submit", (event) => {
    if (/logout/.test(event.target.action)) try { forget(() => true); } catch { /* as above */ }
  });
  connect();
})();
