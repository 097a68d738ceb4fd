/* Small comforts of signed-in pages. Nothing depends on them: every page works without this file.
   - after a partial update: focuses [data-focus], reads out [data-say]
   - closes open menus on Escape and on a click outside
   - keeps the counts of [data-badge] and of the title up to date (event dn:badge)
   - forgets what was begun in conversations on signing out, and what others had begun
   - sends [data-autosubmit] selects when they change; .nojs buttons then hide */
(() => {
  "use strict";
  const say = document.getElementById("say");
  const plainTitle = document.title;
  let timer;

  function speak(text, tone) {
    clearTimeout(timer);
    say.textContent = "";
    say.toggleAttribute("data-tone", Boolean(tone));
    setTimeout(() => { say.textContent = text; }, 50);
    timer = setTimeout(() => { say.textContent = ""; say.removeAttribute("data-tone"); }, tone ? 12000 : 4000);
  }

  function settle() {
    const place = document.querySelector("[data-focus]");
    if (place) {
      place.removeAttribute("data-focus");
      if (place.tabIndex < 0) place.tabIndex = -1;
      place.focus();
    }
    const words = document.querySelector("[data-say]");
    if (words) {
      speak(words.dataset.say);
      words.removeAttribute("data-say");
    }
  }

  function count(key, value) {
    for (const badge of document.querySelectorAll(`[data-badge="${key}"]`)) {
      badge.querySelector("[data-count]").textContent = value;
      badge.hidden = !value;
    }
  }

  function forgetDrafts(except) {
    try { for (const key of Object.keys(localStorage)) if (key.startsWith("dn-draft:") && !key.includes(except)) localStorage.removeItem(key); } catch { /* nothing kept */ }
  }

  const busy = (on) => (event) => {
    const target = event.detail.target;
    if (target) on ? target.setAttribute("aria-busy", "true") : target.removeAttribute("aria-busy");
  };

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu.contains(except)) continue;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  }

  document.documentElement.classList.add("js");
  // What a page asks by itself is not a person at work.
  document.addEventListener("htmx:configRequest", ({ detail }) => { if (!detail.triggeringEvent) detail.headers["X-Polled"] = "yes"; });
  document.addEventListener("htmx:beforeRequest", busy(true));
  document.addEventListener("htmx:afterRequest", busy(false));
  document.addEventListener("htmx:afterSettle", settle);
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => speak(say.dataset.error, "danger"));
  }
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(null); });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (!/logout/.test(event.target.action)) return;
    // Another script may still ask first (outbox.js).
    setTimeout(() => {
      if (!event.defaultPrevented) forgetDrafts();
    });
  });
  document.addEventListener("dn:say", (event) => speak(event.detail.text, event.detail.tone));
  document.addEventListener("dn:badge", (event) => {
    const unread = event.detail.unread_messages;
    count("messages", unread);
    count("notifications", event.detail.unread_notifications);
    document.title = unread ? `(${unread}) ${plainTitle}` : plainTitle;
  });
  settle();
  forgetDrafts(document.body?.dataset.user);
})();
