// The rules in another order, by dragging or by the arrow keys on the handle. Without this file the buttons
// up and down do it, one place at a time.
(() => {
  const row = (element) => element.closest("[data-rule]");
  const rows = (list) => [...list.querySelectorAll(":scope > [data-rule]")];
  const tell = (moved) => {
    const all = rows(moved.parentNode);
    document.querySelector("[data-told]").textContent =
      `${moved.dataset.rule}: place ${all.indexOf(moved) + 1} of ${all.length}`;
  };
  let saving = 0;
  const save = (after) => {
    clearTimeout(saving);
    saving = setTimeout(() => htmx.trigger("#order", "reorder"), after);
  };

  addEventListener("keydown", (event) => {
    const handle = event.target.closest?.("[data-drag]");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!handle || !step) return;
    event.preventDefault();
    const moved = row(handle);
    const beside = step < 0 ? moved.previousElementSibling : moved.nextElementSibling;
    if (!beside) return;
    if (step < 0) beside.before(moved);
    else beside.after(moved);
    handle.focus();
    tell(moved);
    save(700); // several steps are one change
  });

  let drag = null;
  const end = (keep) => {
    if (!drag) return;
    const { moved, next, list } = drag;
    moved.classList.remove("rule-dragged");
    document.documentElement.classList.remove("dragging");
    drag = null;
    if (!keep) return list.insertBefore(moved, next);
    if (moved.nextElementSibling === next) return;
    tell(moved);
    save(0);
  };
  addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.("[data-drag]");
    if (!handle || event.button !== 0) return;
    const moved = row(handle);
    drag = { moved, list: moved.parentNode, next: moved.nextElementSibling, pointer: event.pointerId };
    moved.classList.add("rule-dragged");
    document.documentElement.classList.add("dragging");
  });
  addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    event.preventDefault();
    const over = rows(drag.list).find((one) => {
      const box = one.getBoundingClientRect();
      return one !== drag.moved && event.clientY > box.top && event.clientY < box.bottom;
    });
    if (!over) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(drag.moved);
    else over.after(drag.moved);
  });
  addEventListener("pointerup", () => end(true));
  addEventListener("pointercancel", () => end(false));
  addEventListener("keydown", (event) => { if (event.key === "Escape") end(false); });
  // What polls must not take the row from under the pointer.
  addEventListener("htmx:before:swap", (event) => { if (drag) event.preventDefault(); });
})();
