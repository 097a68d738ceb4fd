/* A conversation, live. Without this file the page still reads and writes by links and forms.
   A message goes into the outbox (kept on this device), then out by socket, or by POST when there is no socket or no
   acknowledgement in 8 s; it leaves the outbox only when the server has it. What arrives is placed by its number. */
(() => {
  "use strict";
  const words = document.querySelector("[data-chat]")?.dataset;
  if (!words || !window.dn?.socket) return;
  const thread = document.querySelector(".thread"), socket = window.dn.socket, me = document.body.dataset.user;
  const find = (selector) => thread.querySelector(selector);
  const view = find(".thread-list"), list = find(".messages"), form = find(".composer");
  const people = JSON.parse(words.people), conversation = words.conversation;
  const box = form?.elements.text, hidden = form?.elements.client_id;
  const banner = find("[data-connection]"), typingLine = find("[data-typing-line]"), more = find("[data-more]");
  const outbox = new Map(), key = `dn-outbox:${me}:${conversation}`, draft = `dn-draft:${conversation}`;
  let last = Number(words.lastSeq), readBy = Number(words.readBy), epoch, seen = last, seenTimer, resuming = 0, fresh = 0;
  let wasLost = false, lostTimer, typingTimer, typedAt = 0, pollTimer, sayTimer, retryTimer, tries = 0, news = [];

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  // Pages without https have no randomUUID, but the browser names its objects by one.
  const uuid = () => crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);
  const store = (where, name, value) => {
    try { value ? where().setItem(name, value) : where().removeItem(name); } catch { /* memory only */ }
  };
  const kept = () => "shared" in words ? sessionStorage : localStorage, tab = () => sessionStorage;
  const keep = () => store(kept, key, outbox.size && JSON.stringify([...outbox.values()].map(({ id, text }) => ({ id, text }))));
  const format = (options) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: words.zone, ...options });
  const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }), dayName = format({ weekday: "long", day: "numeric", month: "long" });
  const dayKey = (at) => new Intl.DateTimeFormat("en-CA", { timeZone: words.zone }).format(at);
  const bubble = (id) => list.querySelector(`[data-client-id="${CSS.escape(id)}"]`);
  const isAtEnd = () => Math.abs(view.scrollTop) < 120;

  /* ── drawing ── */
  function place(row, seq) {
    const after = seq && [...list.querySelectorAll("[data-seq]")].reverse().find((node) => Number(node.dataset.seq) < seq);
    const unsent = list.querySelector("li:has(> .message.own:not([data-seq]))");
    const before = after ? after.closest("li").nextElementSibling : seq ? unsent : null;
    const isStuck = isAtEnd(), height = view.scrollHeight;
    list.insertBefore(row, before);
    find("[data-empty]")?.remove();
    if (isStuck) view.scrollTop = 0; else view.scrollTop -= view.scrollHeight - height;
    return isStuck;
  }
  function divider(text, at) {
    const row = document.createElement("li");
    row.className = "divider";
    row.textContent = text;
    if (at) row.dataset.day = dayKey(at);
    return row;
  }
  function draw({ own, id, text, at, seq, author, deleted }) {
    const today = [...list.querySelectorAll("[data-day]")].pop()?.dataset.day;
    const row = find(own ? "template[data-own]" : "template[data-other]").content.firstElementChild.cloneNode(true);
    const node = row.firstElementChild;
    node.dataset.clientId = id;
    if (seq) { node.dataset.seq = seq; node.id = `m${seq}`; }
    node.querySelector("p").textContent = text;
    node.classList.toggle("deleted", Boolean(deleted));
    if (!own) {
      node.setAttribute("aria-label", author);
      const name = node.querySelector(".message-author");
      if (name) name.textContent = author;
    }
    stamp(node, at);
    const isStuck = place(row, seq);
    if (seq && dayKey(at) !== today) row.before(divider(dayName.format(at), at));
    return isStuck;
  }
  function stamp(node, at) {
    const time = node.querySelector("time");
    time.textContent = clock.format(at);
    time.dateTime = at.toISOString();
  }
  function show(node, kind) {
    node.classList.toggle("queued", kind === "waiting");
    node.classList.toggle("failed", kind === "failed");
    const state = node.querySelector(".message-state");
    state.textContent = kind ? words[kind] : "";
    if (kind !== "failed") return;
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = words.again;
    again.onclick = () => {
      const entry = { id: node.dataset.clientId, text: node.querySelector("p").textContent };
      outbox.set(entry.id, entry);
      keep();
      deliver(entry);
    };
    state.append(" ", again);
    tell("dn:say", { text: words.failed, tone: "danger" });
  }
  function markRead() {
    for (const node of list.querySelectorAll(".message.own[data-seq]")) if (Number(node.dataset.seq) <= readBy) show(node, "read");
  }

  /* ── sending ── */
  function deliver(entry) {
    rest(entry);
    const node = bubble(entry.id), isSent = socket.send({ t: "send", rid: entry.id, conversation, client_id: entry.id, text: entry.text });
    show(node, isSent ? "" : "waiting");
    if (!isSent) return post(entry);
    entry.slow = setTimeout(() => { if (outbox.has(entry.id)) show(node, "sending"); }, 1000);
    entry.timer = setTimeout(() => { if (outbox.has(entry.id)) { socket.drop(); post(entry); } }, 8000);
  }
  async function post(entry) {
    if (entry.posting) return;
    entry.posting = true;
    try {
      const answer = await fetch(words.api, { method: "POST", signal: AbortSignal.timeout(8000), credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: JSON.stringify({ client_id: entry.id, text: entry.text }) });
      if (answer.ok) { tries = 0; done(await answer.json()); poll(); }
      else if (answer.status === 401) signedOut();
      else if (answer.status === 429 || answer.status > 499) later(Number(answer.headers.get("Retry-After")));
      else failed(entry);
    } catch { show(bubble(entry.id), "waiting"); later(); }
    entry.posting = false;
  }
  function later(seconds) {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(flush, seconds ? seconds * 1000 : Math.random() * Math.min(30000, 1000 * 2 ** tries++));
  }
  function flush() { for (const entry of outbox.values()) deliver(entry); }
  function rest(entry) {
    clearTimeout(entry?.timer);
    clearTimeout(entry?.slow);
  }
  function settle(entry) {
    rest(entry);
    if (entry && outbox.delete(entry.id)) keep();
  }
  function done({ client_id, seq, at }) {
    settle(outbox.get(client_id));
    const node = bubble(client_id);
    if (!node) return;
    if (!node.dataset.seq) {
      node.dataset.seq = seq;
      stamp(node, new Date(at));
      place(node.closest("li"), seq);
    }
    show(node, seq <= readBy ? "read" : "sent");
  }
  function failed(entry) { settle(entry); show(bubble(entry.id), "failed"); }
  function submit(event) {
    event?.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    const id = hidden.value || uuid();
    queue(id, text);
    keep();
    view.scrollTop = 0;
    box.value = "";
    hidden.value = uuid();
    saveDraft();
    box.focus();
    deliver(outbox.get(id));
  }
  function queue(id, text) {
    outbox.set(id, { id, text });
    draw({ own: true, id, text, at: new Date() });
    return bubble(id);
  }
  const saveDraft = () => store(tab, draft, box.value);

  /* ── receiving ── */
  function resume() {
    if (Date.now() - resuming < 2000) return;
    resuming = Date.now();
    socket.send({ t: "resume", rid: "chat", cursors: { [conversation]: last } });
  }
  function take(message) {
    if (message.seq <= last) return;
    if (message.seq > last + 1) { resume(); return; }
    last = message.seq;
    const own = message.sender === me, at = new Date(message.at), author = people[message.sender] ?? "";
    if (own && bubble(message.client_id)) { done(message); return; }
    if (own) settle(outbox.get(message.client_id));
    let isStuck;
    if (message.sender) isStuck = draw({ own, id: message.client_id, text: message.text, at, seq: last, author, deleted: message.deleted });
    else { const row = divider(message.text); row.dataset.seq = last; isStuck = place(row, last); }
    if (own) { show(bubble(message.client_id), last <= readBy ? "read" : "sent"); return; }
    typingLine.textContent = "";
    if (!isStuck) {
      const height = view.clientHeight;
      more.firstElementChild.textContent = `${words.many.replace("%s", ++fresh)} ↓`;
      more.hidden = false;
      view.scrollTop -= height - view.clientHeight;
    }
    announce(author ? `${author}: ${message.text}` : message.text);
    look();
  }
  function announce(text) {
    news.push(text.slice(0, 140));
    clearTimeout(sayTimer);
    sayTimer = setTimeout(() => {
      tell("dn:say", { text: news.length > 2 ? words.many.replace("%s", news.length) : news.join(". ") });
      news = [];
    }, 700);
  }
  function look() {
    clearTimeout(seenTimer);
    if (last <= seen || document.hidden || !document.hasFocus() || !isAtEnd()) return;
    seenTimer = setTimeout(() => { if (socket.send({ t: "seen", conversation, read: last })) seen = last; }, 1500);
  }
  async function poll() {
    clearTimeout(pollTimer);
    if (socket.open) return;
    pollTimer = setTimeout(poll, 20000 + 5000 * Math.random());
    if (document.hidden || !navigator.onLine) return;
    try {
      const answer = await fetch(`${words.api}?after=${last}`, { signal: AbortSignal.timeout(8000) });
      if (answer.ok) for (const message of (await answer.json()).messages) take(message);
    } catch { /* next time */ }
  }

  /* ── connection ── */
  function warn(text) { banner.textContent = text; banner.hidden = !text; }
  function signedOut() { clearTimeout(lostTimer); warn(words.out); }
  function lost(code) {
    for (const entry of outbox.values()) { rest(entry); show(bubble(entry.id), "waiting"); }
    if (code === 4401 || code === 4403) { signedOut(); return; }
    if (outbox.size) later();
    if (!wasLost) lostTimer = setTimeout(() => { warn(navigator.onLine ? words.lost : words.offline); }, 3000);
    wasLost = true;
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, 10000);
  }
  function back(hello) {
    clearTimeout(lostTimer);
    if (!banner.hidden) tell("dn:say", { text: words.back });
    warn("");
    wasLost = false;
    tries = 0;
    // Another epoch: the numbers of this page may mean other messages now.
    if (epoch && epoch !== hello.epoch) { location.reload(); return; }
    epoch = hello.epoch;
    resuming = 0;
    resume();
    flush();
  }
  function hear({ detail: frame }) {
    if (frame.t === "hello") { back(frame); return; }
    if (frame.t === "error" && outbox.has(frame.rid)) {
      const entry = outbox.get(frame.rid);
      if (frame.code === "retry" || frame.code === "slow_down") { rest(entry); show(bubble(entry.id), "waiting"); later(frame.retry_after); } else failed(entry);
      return;
    }
    if (frame.conversation !== conversation) return;
    if (frame.t === "message") take(frame);
    else if (frame.t === "ack") done(frame);
    else if (frame.t === "seen") { readBy = Math.max(readBy, frame.read); markRead(); }
    else if (frame.t === "changed") location.reload();
    else if (frame.t === "typing") {
      typingLine.textContent = words.typing.replace("%s", people[frame.user] ?? "");
      clearTimeout(typingTimer);
      typingTimer = setTimeout(() => { typingLine.textContent = ""; }, 12000);
    }
  }

  // Whoever reads further up stays where they are: place() sees to it, in every browser.
  view.style.overflowAnchor = "none";
  document.addEventListener("dn:frame", hear);
  document.addEventListener("dn:socket", ({ detail }) => { if (!detail.open) lost(detail.code); });
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  view.addEventListener("scroll", () => { if (isAtEnd()) { fresh = 0; more.hidden = true; look(); } }, { passive: true });
  more.firstElementChild.onclick = () => { view.scrollTop = 0; };
  if (form) {
    form.addEventListener("submit", submit);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) submit(event);
    });
    box.addEventListener("input", () => {
      saveDraft();
      if (Date.now() - typedAt > 10000) { typedAt = Date.now(); socket.send({ t: "typing", conversation }); }
    });
    try {
      box.value ||= tab().getItem(draft) ?? "";
      for (const { id, text } of JSON.parse(kept().getItem(key) ?? "[]")) if (!bubble(id)) show(queue(id, text), "waiting");
      keep();
    } catch { /* nothing kept */ }
  }
  find("#new")?.scrollIntoView({ block: "center" });
  if (socket.open) { resume(); flush(); } else pollTimer = setTimeout(() => { poll(); flush(); }, 5000);
})();
