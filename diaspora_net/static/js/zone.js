/* Fills in an empty field time_zone with the zone of this device. Without this file people choose their city themselves, or stay at UTC. */
(() => {
  "use strict";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  for (const field of document.querySelectorAll("[name=time_zone]")) {
    if (!field.value) field.value = zone;
  }
})();
