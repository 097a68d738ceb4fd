/* What was written and is not sent yet. It is kept on this device until the server has it, over closed tabs too, and goes out
   from whatever page of ours is open next: by the socket, or by POST where there is none. One message at a time, so that they
   arrive in the order in which they were written; the number that each is given when it is written makes sending twice harmless.
   On a shared computer it is kept in the tab only. Conversations always load it, other pages when something waits (socket.js).
   For other scripts: dn.outbox.ready (a promise), .list(conversation), .add({id, conversation, text}), .again(id), .remove(id).
   Event on document: dn:outbox (detail.entry, and detail.kind: waiting, trying, sent with detail.ack, failed, out). */
(() => {
  "use strict";
  const me = document.body?.dataset.user, socket = window.dn?.socket, say = document.getElementById("say");
  if (!me || !socket || dn.outbox) return;
  const PATIENCE = 8000, TRIES = 5, NAME = "dn-outbox";
  const isShared = "shared" in document.body.dataset, entries = new Map();
  let timer, isBusy = false, isOut = false, pauses = 0, written = 0;

  const tell = (entry, kind, more) => document.dispatchEvent(new CustomEvent("dn:outbox", { detail: { entry, kind, ...more } }));
  // Not every page has a form; the cookie serves as well.
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? document.cookie.match(/csrf=([^;]+)/)?.[1] ?? "";

  /* ── keeping ── */
  const base = isShared || !window.indexedDB ? Promise.reject() : new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("messages", { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = reject;
  });
  base.catch(() => {});
  // Resolves once it is on the disk; without a base of its own, the tab keeps everything.
  async function inBase(work) {
    const deal = (await base).transaction("messages", "readwrite", { durability: "strict" });
    const asked = work(deal.objectStore("messages"));
    return new Promise((resolve, reject) => {
      deal.oncomplete = () => resolve(asked.result);
      deal.onerror = deal.onabort = reject;
    });
  }
  // The mark under the same name tells socket.js on other pages that something waits.
  async function store(work) {
    try {
      const left = await inBase((messages) => { work(messages); return messages.count(); });
      left ? localStorage.setItem(NAME, left) : localStorage.removeItem(NAME);
    } catch {
      try { entries.size ? sessionStorage.setItem(NAME, JSON.stringify([...entries.values()])) : sessionStorage.removeItem(NAME); } catch { /* this page only */ }
    }
  }
  const keep = (entry) => store((messages) => messages.put(entry));
  const forget = (id) => { entries.delete(id); return store((messages) => messages.delete(id)); };
  async function load() {
    let found = [];
    try { found = JSON.parse(sessionStorage.getItem(NAME)) ?? []; } catch { /* nothing kept */ }
    try { found.push(...await inBase((messages) => messages.getAll())); } catch { /* no base */ }
    for (const entry of found.sort((one, other) => one.at - other.at)) {
      // What waits belongs to one person.
      if (entry.user === me) entries.set(entry.id, entry); else forget(entry.id);
    }
  }

  /* ── sending ── */
  async function pump() {
    if (isBusy || isOut || timer) return;
    const entry = [...entries.values()].find((one) => !one.failed);
    if (!entry) return;
    isBusy = true;
    tell(entry, socket.open || navigator.onLine ? "trying" : "waiting");
    const wasOpen = socket.open, answer = await (wasOpen ? bySocket(entry) : byPost(entry));
    isBusy = false;
    await settle(entry, answer, wasOpen);
    pump();
  }
  async function settle(entry, { ack, code, wait }, wasOpen) {
    if (!entries.has(entry.id)) return;
    if (ack) {
      pauses = 0;
      tell(entry, "sent", { ack });
      await forget(entry.id);
    } else if (code === "out") {
      isOut = true;
      tell(entry, "out");
    } else if (code === "lost" || code === "retry" || code === "slow_down") {
      // Told to slow down, it is only later: the line is there.
      tell(entry, code === "slow_down" ? "trying" : "waiting");
      entry.tries = (entry.tries ?? 0) + (code === "retry");
      if (entry.tries >= TRIES) { await fail(entry, code); return; }
      // The socket went while it was waiting: a POST may well pass.
      if (!wasOpen || code !== "lost") pause(wait);
    } else await fail(entry, code);
  }
  function fail(entry, code) {
    entry.failed = code;
    tell(entry, "failed", { code });
    return keep(entry);
  }
  function pause(seconds) {
    clearTimeout(timer);
    timer = setTimeout(resume, seconds ? seconds * 1000 : 500 + Math.random() * Math.min(30000, 1000 * 2 ** pauses++));
  }
  function resume() {
    clearTimeout(timer);
    timer = 0;
    pump();
  }
  function bySocket({ id, conversation, text }) {
    return new Promise((resolve) => {
      const patience = setTimeout(() => socket.drop(), PATIENCE);
      const hear = ({ type, detail: frame }) => {
        if (type === "dn:socket" ? frame.open : frame.rid !== id || !/ack|error/.test(frame.t)) return;
        clearTimeout(patience);
        document.removeEventListener("dn:frame", hear);
        document.removeEventListener("dn:socket", hear);
        resolve(frame.t === "ack" ? { ack: frame } : { code: frame.t ? frame.code : "lost", wait: frame.retry_after });
      };
      document.addEventListener("dn:frame", hear);
      document.addEventListener("dn:socket", hear);
      socket.send({ t: "send", rid: id, conversation, client_id: id, text });
    });
  }
  async function byPost({ id, conversation, text }) {
    try {
      const answer = await fetch(`/api/v1/conversations/${conversation}/messages`, {
        method: "POST", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE),
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ client_id: id, text }) });
      if (answer.ok) return { ack: await answer.json() };
      if (answer.status === 429 || answer.status > 499) return { code: answer.status === 429 ? "slow_down" : "retry", wait: Number(answer.headers.get("Retry-After")) };
      const { code } = await answer.json();
      return { code: code === "sign_in" || code === "csrf" ? "out" : code };
    } catch { return { code: "lost" }; }
  }

  window.dn.outbox = {
    list: (conversation) => [...entries.values()].filter((one) => one.conversation === conversation),
    async add(entry) {
      // Two of the same millisecond keep their order, too.
      entry = { ...entry, user: me, at: written = Math.max(Date.now(), written + 1) };
      entries.set(entry.id, entry);
      await keep(entry);
      pump();
    },
    async again(id) {
      const entry = entries.get(id);
      if (!entry) return;
      Object.assign(entry, { failed: "", tries: 0 });
      await keep(entry);
      resume();
    },
    remove: forget,
  };
  window.dn.outbox.ready = load();

  document.addEventListener("dn:socket", ({ detail }) => { if (detail.open) resume(); });
  addEventListener("online", resume);
  // Who signs out leaves nothing behind, and is asked first when something is not sent.
  document.addEventListener("submit", (event) => {
    if (!/logout/.test(event.target.action) || !entries.size) return;
    if (confirm(say.dataset.unsent.replace("%s", entries.size))) store((messages) => messages.clear()); else event.preventDefault();
  });
  // A page that is just opened gives the socket a moment to be there first.
  dn.outbox.ready.then(() => socket.open ? pump() : pause(2));
})();
