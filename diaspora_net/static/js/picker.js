/* Type-ahead for <fieldset data-picker>, see components/skill_picker.html. Without this file the same form works with Find, check boxes and Remove.

   Contract with the server
   - data-url answers GET ?q=<text> with an HTML fragment: <li><button type="button" data-id="…" data-label="…">what to show</button></li>, best first,
     at most 10, an empty body for none. data-note (optional) is shown in the chip. A button without data-id offers free text: its value is the label.
   - <template> holds one chip; every "__id__" in its attributes becomes the chosen id, .picker-name the label. So a chip may carry selects named
     "level-__id__". The hidden input of the chip sends the id under the field's name (skills=…&skills=…).
   - data-max limits the number of chips; data-added, -removed, -none, -found, -full are the sentences read out (%s: label or number).
   - [data-remove] removes its chip here; without script it is a submit button remove=<id>.

   Keyboard: Down and Up move, Enter chooses, Escape closes (again: empties), Tab goes on. Events come from the document, so pickers swapped in later work. */
(() => {
  "use strict";
  const find = (box, what) => box.querySelector(what);
  const tell = (box, key, value) => document.dispatchEvent(
    new CustomEvent("dn:say", { detail: { text: (box.dataset[key] || "").replace("%s", value) } }));
  const pickerOf = (target) => target.closest?.("[data-picker]");
  const inputOf = (box) => find(box, ".picker-box input");
  const options = (box) => [...box.querySelectorAll(".picker-list button")];
  let timer, request;

  function setUp(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const input = inputOf(box), list = find(box, ".picker-list");
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
      input.setAttribute(name, value);
    }
    list.setAttribute("role", "listbox");
    find(box, "[name=find]").hidden = true;
  }

  function close(box) {
    clearTimeout(timer);
    request?.abort();
    find(box, ".picker-list").hidden = true;
    inputOf(box).setAttribute("aria-expanded", "false");
    inputOf(box).removeAttribute("aria-activedescendant");
  }

  function mark(box, chosen) {
    options(box).forEach((option) => option.setAttribute("aria-selected", option === chosen));
    chosen.scrollIntoView({ block: "nearest" });
    inputOf(box).setAttribute("aria-activedescendant", chosen.id);
  }

  function open(box, html) {
    const list = find(box, ".picker-list"), taken = new Set([...box.querySelectorAll(".picker-chosen [data-id]")].map((chip) => chip.dataset.id));
    list.innerHTML = html;
    options(box).filter((option) => taken.has(option.dataset.id)).forEach((option) => option.closest("li").remove());
    const found = options(box);
    found.forEach((option, index) => {
      option.parentNode.setAttribute("role", "presentation");
      option.id = `${list.id}-${index}`;
      option.tabIndex = -1;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
    });
    list.hidden = !found.length;
    inputOf(box).setAttribute("aria-expanded", String(!list.hidden));
    inputOf(box).removeAttribute("aria-activedescendant");
    found.length ? tell(box, "found", found.length) : tell(box, "none");
  }

  async function look(box) {
    const query = inputOf(box).value.trim();
    request?.abort();
    if (query.length < 2) return close(box);
    request = new AbortController();
    try {
      const url = new URL(box.dataset.url, location.href);
      url.searchParams.set("q", query);
      const answer = await fetch(url, { signal: request.signal, headers: { "HX-Request": "true" } });
      if (answer.ok) open(box, await answer.text());
    } catch { /* A slow or lost line: the typed text stays, Find still works. */ }
  }

  function choose(box, option) {
    const list = find(box, ".picker-chosen"), label = option.dataset.label, id = option.dataset.id || label, max = Number(box.dataset.max);
    close(box);
    if (max && list.children.length >= max) return tell(box, "full", max);
    const chip = find(box, "template").content.cloneNode(true).firstElementChild;
    for (const part of [chip, ...chip.querySelectorAll("*")]) {
      for (const attribute of part.attributes) attribute.value = attribute.value.replaceAll("__id__", id);
    }
    find(chip, ".picker-name").textContent = label;
    find(chip, ".picker-remove").textContent = ` ${label}`;
    list.append(chip);
    inputOf(box).value = "";
    inputOf(box).focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
    tell(box, "added", label);
  }

  document.addEventListener("focusin", (event) => {
    const box = pickerOf(event.target);
    if (box) setUp(box);
  });
  document.addEventListener("input", (event) => {
    const box = pickerOf(event.target);
    if (!box || event.target !== inputOf(box)) return;
    clearTimeout(timer);
    timer = setTimeout(look, 200, box);
  });
  document.addEventListener("focusout", (event) => {
    const box = pickerOf(event.target);
    if (box && !box.contains(event.relatedTarget)) close(box);
  });
  document.addEventListener("click", (event) => {
    const box = pickerOf(event.target), option = event.target.closest?.(".picker-list button"), remove = event.target.closest?.("[data-remove]");
    if (!box) return;
    if (option) choose(box, option);
    if (remove) {
      event.preventDefault();
      const chip = remove.closest("li");
      tell(box, "removed", find(chip, ".picker-name").textContent);
      chip.remove();
      inputOf(box).focus();
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  document.addEventListener("mousedown", (event) => { if (event.target.closest?.(".picker-list")) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    const box = pickerOf(event.target);
    if (!box || event.target !== inputOf(box) || event.isComposing) return;
    const list = options(box), shown = !find(box, ".picker-list").hidden, at = list.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown) mark(box, list[(at + step + list.length + (at < 0 && step < 0)) % list.length]);
    else if (step > 0) look(box);
    else if (event.key === "Enter") { if (shown && at >= 0) choose(box, list[at]); else look(box); }
    else if (event.key === "Escape") shown ? close(box) : event.target.value = "";
    else return;
    event.preventDefault();
  });
  document.querySelectorAll("[data-picker]").forEach(setUp);
})();
