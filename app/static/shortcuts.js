// Keys and the command palette. Pages say what they have: rows are marked `data-row`, a thing that a key
// presses or focuses `data-shortcut="e"`, a page that `g` and a letter go to `data-go="l"`.
(() => {
  const SECOND_KEY = 1500; // milliseconds for the letter after `g`
  const FIELD = "input, textarea, select, [contenteditable=''], [contenteditable=true]";
  const CLICKED = "a, button, summary, [type=submit], [type=checkbox]";
  const palette = document.getElementById("palette");
  const keys = document.getElementById("keys-help");
  const field = palette.querySelector("[role=combobox]");
  const options = document.getElementById("palette-options");
  const count = palette.querySelector("[data-palette-count]");
  const all = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());

  // WCAG 2.1.4: keys without a modifier can be turned off.
  const remembered = () => {
    try { return localStorage.getItem("keys") !== "off"; } catch { return true; }
  };
  let on = remembered();
  let goUntil = 0;

  const move = (by) => {
    const rows = all("[data-row]");
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const at = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by));
    const target = rows[at].matches("a, button") ? rows[at] : rows[at].querySelector("a[href], button");
    target?.focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const use = (element) => {
    if (element.matches(CLICKED)) return element.click();
    element.focus();
  };
  const search = () => {
    const found = all("[data-shortcut='/'], main [type=search], main [name=search]")[0];
    if (found) return found.focus();
    openPalette();
  };
  const press = (key) => {
    if (key === "j") return move(1);
    if (key === "k") return move(-1);
    if (key === "/") return search();
    if (key === "?") return keys.showModal();
    if (key === "g") return (goUntil = performance.now() + SECOND_KEY);
    const row = document.activeElement?.closest("[data-row]");
    const named = `[data-shortcut="${CSS.escape(key)}"]`;
    const found = row?.querySelector(named) ?? all(named)[0];
    if (!found) return false;
    use(found);
  };
  const go = (key) => {
    goUntil = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (link) location.assign(link.href);
    return Boolean(link);
  };

  const inGrid = (event) => {
    const grid = event.target.closest?.("[data-grid]");
    const step = grid && { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -grid.dataset.grid, ArrowDown: +grid.dataset.grid }[event.key];
    if (!step || !event.target.matches("[data-cell]")) return false;
    const cells = [...grid.querySelectorAll("[data-cell]")];
    cells[cells.indexOf(event.target) + step]?.focus();
    return true;
  };

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return palette.open ? palette.close() : openPalette();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (inGrid(event)) return event.preventDefault();
    if (!on || event.key.length !== 1 || event.target.closest?.(FIELD) || document.querySelector("dialog[open]")) return;
    const done = performance.now() < goUntil ? go(event.key) : press(event.key);
    if (done !== false) event.preventDefault();
  });

  // The palette: a combobox whose list is the fragment of /search.
  const openPalette = () => {
    if (keys.open) keys.close();
    palette.showModal();
    field.select();
    field.dispatchEvent(new Event("palette:open"));
  };
  const found = () => [...options.querySelectorAll("[role=option]")];
  const choose = (option) => {
    for (const one of found()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };
  const chosen = () => options.querySelector("[aria-selected=true]");
  field.addEventListener("keydown", (event) => {
    const list = found();
    const at = list.indexOf(chosen());
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      location.assign(chosen().dataset.href);
    } else if (next !== undefined && list.length) {
      event.preventDefault();
      choose(list[(next + list.length) % list.length]);
    }
  });
  options.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
  addEventListener("htmx:after:swap", () => {
    if (!palette.open) return;
    const list = found();
    if (!list.includes(chosen())) choose(list[0]);
    count.textContent = `${list.length} found`;
  });

  // Buttons that open the two; they do nothing without this script, so they show only with it.
  const showSwitch = () => { keys.querySelector("[data-keys-on]").checked = on; };
  for (const button of document.querySelectorAll("[data-open-palette], [data-open-help]")) button.hidden = false;
  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-open-palette], [data-open-help]");
    if (!button) return;
    document.querySelector(":popover-open")?.hidePopover();
    button.matches("[data-open-help]") ? keys.showModal() : openPalette();
  });
  keys.addEventListener("change", (event) => {
    on = event.target.checked;
    try { localStorage.setItem("keys", on ? "on" : "off"); } catch { /* private window: not remembered */ }
  });
  showSwitch();
})();
