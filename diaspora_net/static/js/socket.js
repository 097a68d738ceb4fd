/* The one live socket of a signed-in page. Every page works without it.
   Events on document: dn:frame (a frame of the protocol), dn:socket (detail.open, detail.code), dn:badge (counts).
   For other scripts: dn.tell(event, detail); dn.socket.open; .next (when it tries again, in milliseconds); .send(frame) → false when it is not open;
   .now() tries at once; .drop() gives up a link that seems dead. */
(() => {
  "use strict";
  if (!document.body?.dataset.user) return;
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`;
  const QUIET = 45000, PATIENCE = 8000;
  let socket, timer, failures = 0, isOver = false, heard = 0, asked = 0, next = 0;

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const isOpen = () => socket?.readyState === 1;

  function connect() {
    clearTimeout(timer);
    if (isOver || (socket && socket.readyState < 2)) return;
    const mine = socket = new WebSocket(url);
    mine.onmessage = ({ data }) => {
      if (mine !== socket) return;
      const frame = JSON.parse(data);
      heard = Date.now();
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
    // Too many tabs: the one that is looked at next comes back.
    const isWaiting = !isOver && code !== 4409;
    const wait = Math.random() * Math.min(60000, 600 * 2 ** failures);
    next = isWaiting ? Date.now() + wait : 0;
    failures += 1;
    if (isWaiting) timer = setTimeout(connect, wait);
    tell("dn:socket", { open: false, code });
  }

  function drop() {
    const dead = socket;
    if (!dead) return;
    socket = null;
    dead.close();
    lost(0);
  }

  function now() {
    if (document.hidden || isOpen()) return;
    failures = 0;
    connect();
  }

  // A phone in a tunnel is never told that its line is gone: after a silence we ask, and what answers nothing is dead.
  function listen() {
    if (!isOpen() || document.hidden || Date.now() - heard < QUIET || Date.now() - asked < QUIET) return;
    const before = heard;
    asked = Date.now();
    socket.send('{"t":"resume","rid":"beat","cursors":{}}');
    setTimeout(() => { if (heard === before) drop(); }, PATIENCE);
  }

  window.dn = { ...window.dn, tell, socket: {
    get open() { return isOpen(); },
    get next() { return next; },
    send(frame) {
      if (!isOpen()) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    drop,
    now,
  } };
  addEventListener("offline", drop);
  for (const name of ["online", "focus", "pageshow"]) addEventListener(name, now);
  document.addEventListener("visibilitychange", () => { now(); listen(); });
  setInterval(listen, 15000);
  connect();

  // Messages wait on this device: what sends them is needed on this page, too.
  try {
    const isWaiting = localStorage.getItem("dn-outbox") ?? sessionStorage.getItem("dn-outbox"), src = document.body.dataset.outbox;
    if (isWaiting && !document.querySelector(`script[src="${src}"]`)) document.head.append(Object.assign(document.createElement("script"), { src }));
  } catch { /* no storage, nothing kept */ }
})();
