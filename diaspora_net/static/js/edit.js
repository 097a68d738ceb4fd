/* Change or delete one's own message where it stands. Without this file the same link leads to a page that does it.
   Loaded after bubbles.js and before chat.js: while a message is being edited, the composer's text is not a new message. */
(() => {
  "use strict";
  const words = document.querySelector("[data-chat]")?.dataset, form = document.querySelector(".composer"), bar = document.querySelector("[data-editing]");
  if (!words || !form || !bar) return;
  const list = document.querySelector(".messages"), box = form.elements.text, FOR_MINUTES = 15;
  let node, draft = "";

  const { tell } = dn;
  function begin(message) {
    if (!node) draft = box.value;
    node?.classList.remove("editing");
    node = message;
    node.classList.add("editing");
    form.dataset.editing = "";
    bar.hidden = false;
    box.value = node.querySelector("p").textContent;
    box.focus();
  }
  function end(text = draft) {
    node.classList.remove("editing");
    node = undefined;
    delete form.dataset.editing;
    bar.hidden = true;
    box.value = text;
    box.focus();
  }
  async function change(method, values) {
    const { seq } = node.dataset, fail = (text) => tell("dn:say", { text, tone: "danger" });
    try {
      const answer = await fetch(`${words.api}/${seq}`, { method, credentials: "same-origin", signal: AbortSignal.timeout(8000),
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: values && JSON.stringify(values) });
      // What can no longer be changed stays in the box, to be written anew.
      if (answer.status === 409) end(values?.text);
      if (!answer.ok) { fail((await answer.json()).message); return; }
      end();
      tell("dn:frame", { t: "changed", conversation: words.conversation, seq: Number(seq) });
    } catch { fail(document.getElementById("say").dataset.error); }
  }
  // A link that would be refused is no help.
  function prune() {
    for (const link of list.querySelectorAll(".message-change:not([hidden])")) {
      const at = link.closest(".message").querySelector("time").dateTime;
      if (dn.bubbles.now() - new Date(at) > FOR_MINUTES * 60000) link.remove();
    }
  }

  list.addEventListener("click", (event) => {
    const link = event.target.closest(".message-change");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    begin(link.closest(".message"));
  });
  form.addEventListener("submit", (event) => {
    if (!node) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    change("PATCH", { text: box.value });
  });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape" && node && !event.isComposing) end(); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key !== "ArrowUp" || box.value || node) return;
    const link = [...list.querySelectorAll(".message-change:not([hidden])")].pop();
    if (!link) return;
    event.preventDefault();
    begin(link.closest(".message"));
  });
  bar.querySelector("[data-cancel]").onclick = () => end();
  bar.querySelector("[data-delete]").onclick = () => { if (confirm(words.deleting)) change("DELETE"); };
  setInterval(prune, 30000);
})();
