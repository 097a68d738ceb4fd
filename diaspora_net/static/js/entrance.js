/* A passkey goes out in a form of its own: the tick “This is a shared computer” goes with it. */
(() => {
  "use strict";
  const tick = document.querySelector("[name=is_shared]"), form = document.getElementById("mfa_login");
  if (!tick || !form) return;
  tick.addEventListener("change", () => {
    form.querySelector("[name=is_shared]")?.remove();
    if (tick.checked) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "is_shared", value: "on" }));
  });
})();
