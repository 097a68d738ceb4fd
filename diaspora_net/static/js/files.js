/* Files of a conversation. Without this file the form sends them whole, the page shows them after a reload, and pictures are saved.
   A chosen file leaves at once, piece by piece; after a lost line it goes on where the server stands, also when the
   page was loaded anew and the same file is chosen again. The message leaves when its files are there. */
(() => {
  "use strict";
  const list = document.querySelector(".messages"), home = document.querySelector("[data-conversation]")?.dataset;
  if (!list || !home) return;
  const PIECE = 131072, SIDE = 1600, MOST = 5;
  const input = document.querySelector("#composer-files"), form = input?.form, words = input?.dataset;
  const { tell } = dn;
  const wait = (seconds) => new Promise((done) => {
    const timer = setTimeout(done, seconds * 1000);
    addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });

  /* ── what arrives ── */
  async function show(seq) {
    const bubble = list.querySelector(`.message[data-seq="${seq}"]`);
    if (!bubble) return;
    try {
      const answer = await fetch(`/messages/${home.conversation}/${seq}/files/`, { credentials: "same-origin" });
      if (answer.status === 404) bubble.querySelector(".files")?.remove();
      if (!answer.ok) return;
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      dn.bubbles.steady(() => {
        bubble.querySelector(".files")?.remove();
        bubble.querySelector(".message-meta").before(holder.content);
      });
    } catch { /* the next look at the page shows them */ }
  }
  // chat.js has drawn a message with files, or drawn one anew.
  document.addEventListener("dn:files", ({ detail }) => show(detail.seq));
  // A picture is looked at where one is; the line below it saves it.
  list.addEventListener("click", (event) => {
    const link = event.target.closest(".file > a:not(.file-line)");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const dialog = document.createElement("dialog"), picture = new Image(), button = document.createElement("button");
    dialog.className = "picture";
    picture.src = link.href;
    picture.alt = link.parentElement.querySelector("bdi").textContent;
    button.className = "btn";
    button.textContent = home.close;
    dialog.append(picture, button);
    dialog.onclick = () => dialog.close();
    dialog.onclose = () => dialog.remove();
    document.body.append(dialog);
    dialog.showModal();
  });

  if (!form || !window.crypto?.subtle) return;
  /* ── what is sent ── */
  const chosen = new Set(), rows = document.createElement("ul");
  rows.className = "files chosen";
  input.closest("details").after(rows);
  input.hidden = true;
  input.closest("details").addEventListener("toggle", ({ target }) => { if (target.open) input.click(); target.open = false; });
  let isHeld = false, isSending = false;

  async function call(method, path, body, json = true) {
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, "Content-Type": json ? "application/json" : "application/octet-stream" };
    const answer = await fetch(`/api/v1/${path}`, { method, headers, credentials: "same-origin", signal: AbortSignal.timeout(60000), body: body && json ? JSON.stringify(body) : body });
    const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    throw Object.assign(new Error(told.message), { code: told.code, status: answer.status, after: Number(answer.headers.get("Retry-After")) });
  }
  /* Asks until there is an answer; what the server refuses is thrown on. */
  async function surely(entry, ask) {
    for (let tries = 0; ; tries++) {
      try { return await ask(); } catch (error) {
        if (entry.isGone) throw error;
        if (error.status && error.status < 500 && error.status !== 429) throw error;
        say(entry, error.status === 429 ? error.message : words.waiting);
        await wait(error.after || Math.random() * Math.min(20, 2 ** tries) + 0.5);
      }
    }
  }
  /* A photograph of a phone is ten times larger than a screen shows. What only some devices can show becomes a JPEG on those that can. */
  const isForeign = (file) => /\.hei[cf]$/i.test(file.name);
  async function smaller(file) {
    if (!isForeign(file) && (file.type !== "image/jpeg" || file.size < 400000)) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height)), canvas = document.createElement("canvas");
      canvas.width = picture.width * scale;
      canvas.height = picture.height * scale;
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.8); });
      return made && (isForeign(file) || made.size < file.size) ? made : file;
    } catch { return file; }
  }
  const hex = (sum) => [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const size = (bytes) => bytes < 999500 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

  async function send(entry) {
    try {
      say(entry, words.reading);
      const content = await smaller(entry.file), name = content === entry.file || !isForeign(entry.file) ? entry.file.name : entry.file.name.replace(/\w+$/, "jpg");
      const sha256 = hex(await crypto.subtle.digest("SHA-256", await content.arrayBuffer()));
      const began = performance.now();
      let file = await surely(entry, () => call("POST", `conversations/${home.conversation}/files`, { name, size: content.size, sha256 }));
      const first = file.received;
      entry.id = file.id;
      entry.bar.max = content.size;
      while (file.state === "receiving" && file.received < content.size) {
        const begins = file.received;
        const seconds = (performance.now() - began) / 1000 / (begins - first) * (content.size - begins);
        entry.bar.value = begins;
        say(entry, [size(content.size), begins > first && seconds > 2 ? words.left.replace("%s", Math.ceil(seconds)) : ""].filter(Boolean).join(", "));
        file = await surely(entry, async () => {
          try { return await call("PUT", `files/${entry.id}?begins=${begins}`, content.slice(begins, begins + PIECE), false); } catch (error) {
            // Taken before its answer was lost: ask where the file stands.
            if (error.code !== "wrong_offset" && error.code !== "whole") throw error;
            return call("GET", `files/${entry.id}`);
          }
        });
        if (entry.isGone) return;
      }
      if (file.state === "receiving") await surely(entry, () => call("POST", `files/${entry.id}/finish`));
      entry.bar.hidden = true;
      entry.isDone = true;
      say(entry, `${size(content.size)} · ${words.done}`);
      if (isHeld) submit();
    } catch (error) { if (!entry.isGone) fail(entry, error.message); }
  }
  function say(entry, text) { entry.state.textContent = text; }
  function fail(entry, text) {
    const { name } = entry.file, isNamed = text?.includes(name);
    entry.row.classList.add("failed");
    entry.row.firstElementChild.hidden = isNamed;
    entry.bar.hidden = entry.isRefused = true;
    say(entry, text || words.failed);
    tell("dn:say", { text: isNamed ? text : `${name}: ${text || words.failed}`, tone: "danger" });
    isHeld = false;
  }
  function add(file) {
    if (chosen.size >= MOST) { tell("dn:say", { text: words.many, tone: "danger" }); return; }
    const row = document.createElement("li"), name = document.createElement("bdi"), state = document.createElement("span"), bar = document.createElement("progress"), remove = document.createElement("button");
    row.className = "file";
    name.textContent = file.name;
    state.className = "meta";
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    remove.type = "button";
    remove.className = "btn btn-quiet btn-small";
    remove.textContent = words.remove;
    remove.setAttribute("aria-label", `${words.remove}: ${file.name}`);
    const entry = { file, row, state, bar };
    remove.onclick = () => {
      drop(entry);
      if (entry.id) call("DELETE", `files/${entry.id}`).catch(() => { /* it goes by itself within a day */ });
      form.elements.text.focus();
    };
    row.append(name, " ", state, bar, remove);
    rows.append(row);
    chosen.add(entry);
    send(entry);
  }
  function drop(entry) {
    entry.isGone = true;
    chosen.delete(entry);
    entry.row.remove();
  }
  input.addEventListener("change", () => {
    for (const file of input.files) add(file);
    input.value = "";
  });
  // Pictures and files can be pasted and dropped, too.
  for (const [name, from] of [["paste", "clipboardData"], ["drop", "dataTransfer"]]) form.addEventListener(name, (event) => {
    const files = [...event[from]?.files ?? []];
    if (!files.length) return;
    event.preventDefault();
    files.forEach(add);
  });

  async function submit() {
    if (isSending) return;
    if ([...chosen].some((entry) => entry.isRefused)) { tell("dn:say", { text: words.refused, tone: "danger" }); return; }
    isHeld = [...chosen].some((entry) => !entry.isDone);
    if (isHeld) { tell("dn:say", { text: words.held }); return; }
    isSending = true;
    const { text, client_id: hidden } = form.elements, files = [...chosen], said = text.value.trim();
    hidden.value ||= crypto.randomUUID();
    const message = { client_id: hidden.value, text: said, files: files.map((entry) => entry.id) };
    try {
      await surely(files[0], () => call("POST", `conversations/${home.conversation}/messages`, message));
      files.forEach(drop);
      hidden.value = crypto.randomUUID();
      if (text.value.trim() === said) text.value = "";
      text.dispatchEvent(new Event("input"));
      if (!window.dn?.socket?.open) location.reload();
    } catch (error) { files.forEach((entry) => fail(entry, error.message)); }
    isSending = false;
  }
  form.addEventListener("submit", (event) => {
    if (!chosen.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submit();
  }, true);
})();
