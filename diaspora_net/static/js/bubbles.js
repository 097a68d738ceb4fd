/* How the messages of a conversation are drawn and placed. chat.js says which.
   For other scripts: dn.bubbles: bubble(client id), draw, fill, name, number, place, divider, show, isAtEnd, steady, now. */
(() => {
  "use strict";
  const words = document.querySelector("[data-chat]")?.dataset;
  if (!words || !window.dn) return;
  const thread = document.querySelector(".thread"), find = (selector) => thread.querySelector(selector);
  const view = find(".thread-list"), list = find(".messages");
  // English days as the page writes them: Thursday 26 November.
  const locale = document.documentElement.lang.replace(/^en$/, "en-GB");
  const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: words.zone, ...options });
  const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }), dayName = format({ weekday: "long", day: "numeric", month: "long" });
  // The same as in the page: core/templatetags/links.py says why.
  const STOPS = String.raw`\s<>"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`, PAIR = String.raw`\([^${STOPS}()]*\)`;
  const ADDRESS = new RegExp(String.raw`(?:https?://|\bwww\.)(?![^${STOPS}/?#]*@)(?:${PAIR}|[^${STOPS}()])*(?:${PAIR}|[^${STOPS}().,;:!?'’”»،؛؟…\]}])`, "gi");
  const dayKey = (at) => new Intl.DateTimeFormat("en-CA", { timeZone: words.zone }).format(at);
  // The server's clock: that of a phone may be wrong by hours.
  const ahead = Date.now() - 1000 * words.now, now = () => Date.now() - ahead;
  const bubble = (id) => list.querySelector(`[data-client-id="${CSS.escape(id)}"]`);
  const isAtEnd = () => Math.abs(view.scrollTop) < 120;

  // Whoever is at the end stays there, and whoever reads further up where they are, in every browser.
  function steady(change) {
    const isStuck = isAtEnd(), { top } = view.getBoundingClientRect(), at = (node) => node.getBoundingClientRect();
    const kept = [...list.querySelectorAll(".message")].find((node) => at(node).bottom > top), before = kept && at(kept).top;
    change();
    view.scrollTop = isStuck ? 0 : view.scrollTop + (kept ? at(kept).top - before : 0);
    return isStuck;
  }
  function place(row, seq, at) {
    const after = seq && [...list.querySelectorAll("[data-seq]")].reverse().find((node) => Number(node.dataset.seq) < seq);
    const unsent = list.querySelector("li:has(> .message.own:not([data-seq]))");
    return steady(() => {
      list.insertBefore(row, after ? after.closest("li").nextElementSibling : seq ? unsent : null);
      if (seq) separate(row, at);
      find("[data-empty]")?.remove();
    });
  }
  function separate(row, at) {
    let before = row.previousElementSibling;
    while (before && !before.dataset.day) before = before.previousElementSibling;
    if (before?.dataset.day !== dayKey(at)) row.before(divider(dayName.format(at), { day: dayKey(at) }));
  }
  function divider(text, data) {
    const row = document.createElement("li");
    row.className = "divider";
    row.textContent = text;
    Object.assign(row.dataset, data);
    return row;
  }
  function draw({ own, sender, id, text, at, seq, author, edited, deleted }) {
    const row = find(`template[data-${own ? "own" : "other"}]`).content.firstElementChild.cloneNode(true), node = row.firstElementChild;
    node.dataset.clientId = id;
    if (!own) {
      if (!author) node.dataset.sender = sender;
      name(node, author);
    }
    fill(node, { text, edited, deleted });
    number(node, seq, at);
    return place(row, seq, at);
  }
  function linked(text) {
    const pieces = [];
    let at = 0;
    for (const { 0: address, index } of text.matchAll(ADDRESS)) {
      const link = document.createElement("a");
      Object.assign(link, { href: address.includes("://") ? address : `https://${address}`, target: "_blank", rel: "noopener noreferrer nofollow", dir: "ltr", textContent: address });
      pieces.push(text.slice(at, index), link);
      at = index + address.length;
    }
    return [...pieces, text.slice(at)];
  }
  function name(node, author) {
    node.setAttribute("aria-label", author);
    const shown = node.querySelector(".message-author");
    if (shown) shown.textContent = author;
  }
  function fill(node, { text, edited, deleted }) {
    node.querySelector("p").replaceChildren(...deleted ? [words.deleted] : linked(text));
    node.querySelector(".message-edited").hidden = !edited || deleted;
    node.classList.toggle("deleted", Boolean(deleted));
    if (deleted) node.querySelector(".message-change")?.remove();
  }
  function number(node, seq, at) {
    const change = node.querySelector(".message-change");
    if (seq) { node.dataset.seq = seq; node.id = `m${seq}`; }
    if (seq && change) { change.href = words.edit.replace("/0/", `/${seq}/`); change.hidden = false; }
    const time = node.querySelector("time");
    time.textContent = clock.format(at);
    time.dateTime = at.toISOString();
  }
  function show(node, kind, code) {
    if (!node) return;
    node.classList.toggle("queued", kind === "waiting");
    node.classList.toggle("failed", kind === "failed");
    const state = node.querySelector(".message-state");
    state.textContent = words[kind] ?? "";
    if (kind !== "failed") return;
    if (/closed|forbidden|not_found/.test(code)) state.append(" ", words.closed);
    state.append(find("template[data-ways]").content.cloneNode(true));
    if (!navigator.clipboard) state.querySelector("[data-act=copy]").remove();
  }

  window.dn.bubbles = { bubble, divider, draw, fill, isAtEnd, name, now, number, place, show, steady };
})();
