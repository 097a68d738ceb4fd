/* A conversation, live. Without this file the page still reads and writes by links and forms.
   What is written goes into the outbox (outbox.js) and is drawn at once (bubbles.js); what arrives is placed by its number. Where no socket
   opens, messages are fetched at a growing pace until one does. */
(() => {
  "use strict";
  const words = document.querySelector("[data-chat]")?.dataset;
  if (!words || !window.dn?.outbox) return;
  const { socket, outbox, tell } = dn, { bubble, divider, draw, fill, isAtEnd, name, now, number, place, show, steady } = dn.bubbles, me = document.body.dataset.user, conversation = words.conversation;
  const thread = document.querySelector(".thread"), find = (selector) => thread.querySelector(selector);
  const view = find(".thread-list"), list = find(".messages"), form = find(".composer"), box = form?.elements.text;
  const banner = find("[data-connection]"), typingLine = find("[data-typing-line]"), more = find("[data-more]");
  const people = JSON.parse(words.people), drafts = "shared" in document.body.dataset ? "sessionStorage" : "localStorage", draft = `dn-draft:${me}:${conversation}`, FAST = 3000, SLOW = 20000, PATIENCE = 8000, CHANGEABLE = 15 * 60000;
  let last = Number(words.lastSeq), readBy = Number(words.readBy), seen = last, epoch, resuming = 0, fresh = 0, typedAt = 0, lostAt = 0, pace = FAST;
  let since = "", isLost = false, isPolling = false, isOut = false, isNewSeen = true, news = [];
  let lostTimer, seenTimer, typingTimer, pollTimer, sayTimer, tickTimer;

  // Pages without https have no randomUUID, but the browser names its objects by one.
  const uuid = () => crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);
  const isLooking = () => !document.hidden && document.hasFocus();
  const ask = (query, options) => fetch(words.api + query, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...options });

  /* ── sending ── */
  function markRead(upTo) {
    readBy = Math.max(readBy, upTo);
    for (const node of list.querySelectorAll(".message.own[data-seq]")) if (Number(node.dataset.seq) <= readBy) show(node, "read");
  }
  function submit(event) {
    // Files that files.js has not taken leave with the form.
    if (form.elements.files?.files.length) return;
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    const { client_id: number } = form.elements, entry = { id: number.value || uuid(), conversation, text };
    list.querySelector(".divider.new")?.remove();
    view.scrollTop = 0;
    box.value = "";
    number.value = uuid();
    saveDraft();
    box.focus();
    add(entry);
    pace = FAST;
  }
  function add(entry) {
    if (!bubble(entry.id)) draw({ own: true, id: entry.id, text: entry.text, at: new Date() });
    // Said to wait once it is kept.
    outbox.add(entry).then(() => pending(entry.id));
  }
  function pending(id) {
    show(bubble(id), socket.open || navigator.onLine ? "" : "waiting");
    setTimeout(() => {
      const node = bubble(id);
      if (node && !node.dataset.seq && !node.matches(".queued, .failed")) show(node, "sending");
    }, 1000);
  }
  function report({ detail: { entry, kind, ack, code } }) {
    if (entry.conversation !== conversation) return;
    if (kind === "sent") done(ack);
    else if (kind === "trying") pending(entry.id);
    else if (kind === "failed") {
      show(bubble(entry.id), kind, code);
      tell("dn:say", { text: words.failed, tone: "danger" });
    } else {
      // One waits for the other, so all wait.
      for (const one of outbox.list(conversation)) if (!one.failed) show(bubble(one.id), "waiting");
      if (kind === "out") signedOut();
    }
    tick();
  }
  function done({ client_id: id, seq, at }) {
    const node = bubble(id);
    if (!node) return;
    if (!node.dataset.seq) {
      number(node, seq, new Date(at));
      place(node.closest("li"), seq, new Date(at));
    }
    show(node, seq <= readBy ? "read" : "sent");
  }
  function act(event) {
    const button = event.target.closest("[data-act]"), node = button?.closest(".message");
    if (!node) return;
    const id = node.dataset.clientId, text = node.querySelector("p").textContent, entry = outbox.list(conversation).find((one) => one.id === id);
    if (button.dataset.act === "copy") { navigator.clipboard.writeText(text); return; }
    if (button.dataset.act === "again" && entry?.failed !== "idempotency_mismatch") { pending(id); outbox.again(id); box?.focus(); return; }
    node.closest("li").remove();
    outbox.remove(id);
    if (button.dataset.act === "again") add({ id: uuid(), conversation, text });
    box?.focus();
  }
  function saveDraft() {
    if ("editing" in form.dataset) return;
    try { box.value ? window[drafts].setItem(draft, box.value) : window[drafts].removeItem(draft); } catch { /* this page only */ }
  }

  function typed() {
    saveDraft();
    if (!box.value || !("receipts" in words) || Date.now() - typedAt < 10000) return;
    if (socket.send({ t: "typing", conversation })) typedAt = Date.now();
  }

  /* ── receiving ── */
  function resume() {
    if (Date.now() - resuming < 2000) return;
    resuming = Date.now();
    socket.send({ t: "resume", rid: "chat", cursors: { [conversation]: last } });
  }
  function take(message) {
    if (message.seq <= last) return;
    if (message.seq > last + 1 && !message.first) { socket.open ? resume() : poll(); return; }
    last = message.seq;
    if (message.folded) message.text = words.folded;
    const { sender, client_id: id, text } = message, own = sender === me, at = new Date(message.at), author = people[sender] ?? "";
    if (own) outbox.remove(id);
    if (own && bubble(id)) { done(message); return; }
    let isStuck;
    if (!own && !author) learn();
    if (sender) isStuck = draw({ own, sender, id, text, at, seq: last, author, edited: message.edited_at, deleted: message.deleted });
    else isStuck = place(divider(text, { seq: last }), last, at);
    if (message.files) tell("dn:files", { seq: last });
    if (own) { show(bubble(id), last <= readBy ? "read" : "sent"); return; }
    typingLine.textContent = "";
    // What was taken back before it came is no news.
    if (message.deleted) { look(); return; }
    if (!isStuck || !isLooking()) markNew();
    if (!isStuck) { fresh += 1; scrolled(); }
    const said = text || message.files?.map((file) => file.name).join(", ");
    announce(author ? `${author}: ${said}` : said);
    look();
  }
  function markNew() {
    if (!isNewSeen) return;
    isNewSeen = false;
    const row = divider(words.new);
    row.classList.add("new");
    steady(() => {
      find("#new")?.remove();
      row.id = "new";
      list.querySelector(`[data-seq="${last}"]`).closest("li").before(row);
    });
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
    if (last <= seen || !isLooking() || !isAtEnd()) return;
    seenTimer = setTimeout(async () => {
      const read = last, body = JSON.stringify({ read }), headers = { "Content-Type": "application/json", "X-CSRFToken": form?.elements.csrfmiddlewaretoken.value };
      try {
        if (!socket.send({ t: "seen", conversation, read }) && !(await ask("/seen", { method: "POST", headers, body })).ok) return;
        seen = Math.max(seen, read);
        isNewSeen = true;
      } catch { /* with the next message */ }
    }, 1500);
  }
  function scrolled() {
    if (isAtEnd()) fresh = 0;
    more.hidden = isAtEnd();
    more.firstElementChild.textContent = `${fresh ? words.many.replace("%s", fresh) : words.newest} ↓`;
    look();
  }
  async function reread(seq, limit = 1) {
    try {
      const answer = await ask(`?after=${seq - 1}&limit=${limit}`);
      (await answer.json()).messages.forEach(amend);
    } catch { /* it is right when the page is opened next */ }
  }
  function amend({ seq, text, edited_at: edited, deleted, files }) {
    const node = list.querySelector(`.message[data-seq="${seq}"]`);
    if (!node) return;
    steady(() => fill(node, { text, edited, deleted }));
    if (files || node.querySelector(".files")) tell("dn:files", { seq });
  }
  // Who has come or gone since the page was made: an event tells of them, or what they write.
  async function learn() {
    try {
      const { people: present, readers } = await (await ask("/../people")).json(), hint = form?.querySelector("#composer-hint");
      Object.assign(people, present);
      for (const node of list.querySelectorAll("[data-sender]")) name(node, people[node.dataset.sender] ?? "");
      if (!readers) return;
      if (hint) hint.firstChild.textContent = `${readers} `;
      find("[data-names]").replaceChildren(...Object.values(present).flatMap((one, place) => {
        const node = document.createElement("bdi");
        node.textContent = one;
        return place ? [", ", node] : [node];
      }));
    } catch { /* their messages stay without a name */ }
  }
  // What could still be changed when the line was lost may have been.
  function catchUp() {
    const recent = [...list.querySelectorAll(".message[data-seq]")].find((node) => lostAt - new Date(node.querySelector("time").dateTime) < CHANGEABLE);
    if (lostAt && recent) reread(Number(recent.dataset.seq), 200);
    lostAt = 0;
  }
  async function poll() {
    clearTimeout(pollTimer);
    if (socket.open || isOut) return;
    pace = Math.min(SLOW, pace * 1.3);
    pollTimer = setTimeout(poll, pace * (.8 + .4 * Math.random()));
    if (document.hidden || !navigator.onLine) return;
    try {
      const answer = await ask(`?after=${last}${since}`);
      if (answer.status === 401) signedOut();
      if (!answer.ok) throw answer;
      const { messages, changed, at, read_by_others: read } = await answer.json();
      since = `&since=${encodeURIComponent(at)}`;
      if (messages.length) pace = FAST;
      changed.forEach(amend);
      messages.forEach(take);
      markRead(read);
      isPolling = true;
    } catch { isPolling = false; }
    tick();
  }

  /* ── connection ── */
  function tick() {
    clearTimeout(tickTimer);
    const isShown = isOut || (isLost && !isPolling);
    if (isShown && banner.hidden) tell("dn:say", { text: isOut ? words.out : words.down });
    banner.hidden = !isShown;
    if (!isShown) return;
    const seconds = Math.ceil((socket.next - Date.now()) / 1000), kept = outbox.list(conversation).filter((one) => !one.failed).length;
    const told = isOut ? words.out : !navigator.onLine ? words.offline : seconds > 0 ? words.lost.replace("%s", seconds) : words.trying;
    banner.firstElementChild.textContent = kept ? `${told} ${words.kept.replace("%s", kept)}` : told;
    banner.lastElementChild.hidden = isOut;
    tickTimer = setTimeout(tick, 1000);
  }
  function signedOut() { isOut = true; tick(); }
  function lost(code) {
    if (code === 4401 || code === 4403) { signedOut(); return; }
    lostAt ||= epoch ? now() : 0;
    lostTimer ??= setTimeout(() => { isLost = true; tick(); }, 3000);
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, FAST);
  }
  function back(hello) {
    clearTimeout(lostTimer);
    clearTimeout(pollTimer);
    lostTimer = undefined;
    if (isLost && !banner.hidden) tell("dn:say", { text: words.back });
    isLost = isPolling = false;
    pace = FAST;
    tick();
    // Another epoch: the numbers of this page may mean other messages now.
    if (epoch && epoch !== hello.epoch) { location.reload(); return; }
    epoch = hello.epoch;
    resuming = 0;
    resume();
    catchUp();
    look();
  }
  function hear({ detail: frame }) {
    if (frame.t === "hello") back(frame);
    if (frame.conversation !== conversation) return;
    if (frame.t === "message") take(frame);
    else if (frame.t === "seen") markRead(frame.read);
    else if (frame.t === "changed") reread(frame.seq);
    else if (frame.t === "typing") {
      typingLine.textContent = words.typing.replace("%s", people[frame.user] ?? "");
      clearTimeout(typingTimer);
      typingTimer = setTimeout(() => { typingLine.textContent = ""; }, 12000);
    }
  }

  view.style.overflowAnchor = "none";
  for (const [name, react] of [["dn:frame", hear], ["dn:outbox", report], ["visibilitychange", look]]) document.addEventListener(name, react);
  document.addEventListener("dn:socket", ({ detail }) => { if (!detail.open) lost(detail.code); });
  addEventListener("focus", look);
  view.addEventListener("scroll", scrolled, { passive: true });
  list.addEventListener("click", act);
  more.firstElementChild.onclick = () => { view.scrollTop = 0; box?.focus(); };
  banner.lastElementChild.onclick = () => { socket.now(); pace = FAST; poll(); tick(); };
  if (form) {
    form.addEventListener("submit", submit);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
    });
    box.addEventListener("input", typed);
    try { box.value ||= window[drafts].getItem(draft) ?? ""; } catch { /* nothing kept */ }
  }
  outbox.ready.then(() => {
    for (const { id, text, at, failed } of outbox.list(conversation)) {
      if (bubble(id)) continue;
      draw({ own: true, id, text, at: new Date(at) });
      show(bubble(id), failed ? "failed" : "waiting", failed);
    }
    tick();
  });
  find("#new")?.scrollIntoView({ block: "center" });
  if (socket.open) resume(); else lost();
})();
