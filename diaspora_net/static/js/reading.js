/* Reading a conversation and the list of them. Without this file the same links lead to the same pages.
   - earlier messages come in place, what is being read stays where it is
   - arrow keys, Home and End move from message to message, Escape goes to the composer
   - the clock of the other side goes on
   - the list of conversations follows what is said and read elsewhere, unless somebody is choosing from it */
(() => {
  "use strict";
  const rows = document.querySelector(".conversations"), thread = document.querySelector(".thread");
  const view = thread?.querySelector(".thread-list"), list = thread?.querySelector(".messages");
  const PATIENCE = 15000;
  let timer;

  const { tell } = dn;
  async function read(address) {
    const answer = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok || answer.redirected) throw answer;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  async function earlier(event) {
    const link = event.target.closest("a[rel=prev]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    try {
      const page = await read(link.href), next = page.querySelector("a[rel=prev]");
      const rows = [...page.querySelectorAll(".messages > li:not(.new)")], first = list.firstElementChild;
      if (first?.dataset.day && first.dataset.day === rows.findLast((row) => row.dataset.day)?.dataset.day) first.remove();
      list.prepend(...rows);
      rows.at(-1)?.querySelector(".message")?.focus({ preventScroll: true });
      if (next) link.href = next.getAttribute("href"); else link.parentElement.remove();
    } catch { tell("dn:say", { text: document.getElementById("say").dataset.error, tone: "danger" }); }
    link.removeAttribute("aria-busy");
  }
  function move(event) {
    if (event.key === "Escape") { thread.querySelector(".composer textarea")?.focus(); return; }
    const all = [...list.querySelectorAll(".message")], here = all.indexOf(event.target.closest(".message")), end = all.length - 1;
    const to = { ArrowUp: here < 0 ? end : here - 1, ArrowDown: here < 0 ? end : here + 1, Home: 0, End: end }[event.key];
    if (!all[to] || event.target.matches("a, button")) return;
    event.preventDefault();
    all[to].focus();
  }
  function tellTime() {
    const line = thread.querySelector("[data-offset]");
    if (!line) return;
    const there = new Date(Date.now() + 60000 * line.dataset.offset), hour = there.getUTCHours();
    line.textContent = (hour < 7 || hour > 20 ? line.dataset.night : line.dataset.day).replace("%s", there.toISOString().slice(11, 16));
  }
  async function follow() {
    if (document.hidden || !rows.offsetParent || rows.contains(document.activeElement)) return;
    try {
      const fetched = (await read(rows.dataset.source)).querySelector(".conversations");
      const here = fetched?.querySelector(`[href="${CSS.escape(location.pathname)}"]`);
      if (here && thread) here.setAttribute("aria-current", "true");
      if (fetched && !rows.contains(document.activeElement)) rows.replaceChildren(...fetched.children);
    } catch { /* with the next news */ }
  }
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(follow, 1500);
  }

  if (view) {
    view.addEventListener("click", earlier);
    view.addEventListener("keydown", move);
    setInterval(tellTime, 30000);
  }
  if (rows?.dataset.source) {
    document.addEventListener("dn:badge", soon);
    document.addEventListener("dn:frame", ({ detail }) => { if (detail.t === "message") soon(); });
  }
})();
