// Loaded before the body, so that the theme is right from the first paint. Pages work without it.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  const saved = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const showTheme = () => {
    const dark = (saved() ?? (system.matches ? "dark" : "light")) === "dark";
    root.dataset.bsTheme = dark ? "dark" : "light";
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(dark));
    }
  };
  const switchTheme = () => {
    const chosen = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", chosen); } catch { /* private window: not remembered */ }
    showTheme();
  };

  // Menus open without this; with it a click elsewhere and Escape close them.
  const openMenus = () => document.querySelectorAll("details.menu[open]");

  showTheme();
  system.addEventListener("change", showTheme);
  addEventListener("storage", showTheme);

  addEventListener("DOMContentLoaded", () => {
    showTheme();
    document.querySelector("[data-error-summary]")?.focus();
    // What was said stays in view for a while, then scrolls away like the rest; an undo stays in reach.
    const flash = document.querySelector("#flash:has(.alert):not(:has(form))");
    if (flash) setTimeout(() => flash.classList.add("read"), 10_000);
  });
  addEventListener("click", (event) => {
    if (event.target.closest?.("[data-theme-switch]")) switchTheme();
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      if (menu.contains(event.target)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  });

  // A hidden tab does not poll.
  addEventListener("htmx:before:request", (event) => {
    const source = event.detail.ctx?.sourceElement;
    if (document.hidden && source?.matches("[data-poll]")) event.preventDefault();
  });
})();
