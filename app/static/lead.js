// The lead page works without this. With it: Escape gives up, choices save themselves, nothing is sent twice.
(() => {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.target.closest?.("[data-open-form]")?.querySelector("[data-cancel]")?.click();
  });

  addEventListener("change", (event) => {
    event.target.closest?.("[data-save-on-change]")?.requestSubmit();
  });
  for (const form of document.querySelectorAll("[data-save-on-change]")) {
    form.querySelector("[type=submit]").hidden = true;
  }

  addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-send-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // A page that comes back from the browser's cache may be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
  });

  // What htmx opened is what the reader wants to write in; what it closed, where the reader was.
  addEventListener("htmx:after:swap", (event) => {
    const opened = event.detail?.ctx?.target?.id;
    const region = opened && document.getElementById(opened);
    if (!region) return;
    const field = region.querySelector("[data-open-form] :is(input, select, textarea):not([type=hidden])")
      ?? (opened === "composer" ? region.querySelector("form :is(input, select, textarea):not([type=hidden])") : null);
    (field ?? region.querySelector("[data-shortcut]"))?.focus();
  });
})();
