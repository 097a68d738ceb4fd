/* Single keys on the desk, for who turns them on: J and K move, Enter opens, A acts, S lets rest, / searches, ? helps.
   Off until the switch is pressed (kept on this device), never inside a field, and nothing on the page moves. */
(() => {
  "use strict";
  const box = document.querySelector("[data-keys]"), queue = document.querySelector(".queue");
  if (!box || !queue) return;
  const flip = box.querySelector("button"), help = box.querySelector("dialog"), KEPT = "desk-keys";
  let isOn = false;
  try { isOn = localStorage.getItem(KEPT) === "on"; } catch { /* a browser that keeps nothing */ }

  function show() {
    flip.setAttribute("aria-pressed", isOn);
    box.querySelector("[data-hint]").hidden = !isOn;
  }

  const here = () => document.activeElement.closest(".queue > li");

  function go(row) {
    if (!row) return;
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const rows = [...queue.children], place = rows.indexOf(here());
    go(rows[place < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, place + step))]);
  }

  function rest(row) {
    const field = row.querySelector("[data-rest] select");
    if (field) return field.focus();
    const more = row.querySelector("[data-more]");
    if (!more) return;
    document.addEventListener("htmx:afterSettle", () => document.getElementById(row.id)?.querySelector("[data-rest] select")?.focus(), { once: true });
    more.click();
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    Enter: (row) => row?.querySelector("a").click(),
    a: (row) => row?.querySelector(".actions button, .actions a")?.click(),
    s: (row) => row && rest(row),
    "/": () => document.getElementById("desk-search").focus(),
    "?": () => help.showModal(),
  };

  flip.addEventListener("click", () => {
    isOn = !isOn;
    try { localStorage.setItem(KEPT, isOn ? "on" : "off"); } catch { /* then it is off again next time */ }
    show();
  });
  document.addEventListener("keydown", (event) => {
    const act = keys[event.key] || keys[event.key.toLowerCase()];
    if (!isOn || !act || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const place = event.target;
    if (place.closest("input, textarea, select, [contenteditable]")) return;
    // Enter on a link or a button is theirs.
    if (event.key === "Enter" && (place.closest("a, button, summary") || !here())) return;
    event.preventDefault();
    act(here());
  });
  box.hidden = false;
  show();
})();
