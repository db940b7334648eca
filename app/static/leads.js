// The list of leads: choosing several, changing one in its place, moving cards of the pipeline. The page
// polls meanwhile and nothing of that may be disturbed. Without this file every act is a page of its own.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const token = () => $("input[name=csrf_token]").value;
  const refresh = () => htmx.trigger("#poll", "refresh");

  // --- choosing several ---
  const picks = () => all("#leads .pick");
  const countPicks = () => {
    const chosen = picks().filter((box) => box.checked).length;
    const head = $("[data-pick-all]");
    if (head) {
      head.checked = chosen > 0 && chosen === picks().length;
      head.indeterminate = chosen > 0 && !head.checked;
    }
    const told = $("[data-picked]");
    if (told) told.textContent = `${chosen} chosen`;
    const matching = $("[data-all]");
    if (matching) matching.textContent = $("#leads").dataset.total;
  };
  let lastPick = null;
  const pickRange = (box) => {
    const boxes = picks();
    const [from, to] = [boxes.indexOf(lastPick), boxes.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
  };
  addEventListener("click", (event) => {
    const box = event.target.closest?.(".pick");
    if (!box) return;
    if (event.shiftKey && lastPick?.isConnected) pickRange(box);
    lastPick = box;
    countPicks();
  });
  addEventListener("change", (event) => {
    const { target } = event;
    if (target.matches("[data-pick-all]")) {
      for (const box of picks()) box.checked = target.checked;
      countPicks();
    }
    // The form of the filters has fields inside the region it replaces.
    if (target.form?.id === "find" && target.closest("#leads")) htmx.trigger("#find", "refind");
  });

  // Many are worked on in parts: the page that answers shows how far it is, and goes on by htmx.
  addEventListener("formdata", (event) => {
    if (event.target.id === "bulk" && window.htmx) event.formData.set("in_parts", "yes");
  });

  // --- changing one in its place ---
  const panel = () => $("#leads [data-panel]");
  const close = (focus = true) => {
    const open = panel();
    if (!open) return;
    const cell = open.closest("[data-cell]");
    open.remove();
    cell.removeAttribute("hx-morph-skip");
    if (focus) $(cell.dataset.from, cell)?.focus();
  };
  const open = async (link) => {
    const cell = link.closest("[data-cell]");
    close(false);
    cell.setAttribute("hx-morph-skip", "");
    cell.dataset.from = `[data-edit][href="${link.getAttribute("href")}"]`;
    await htmx.ajax("GET", link.getAttribute("href"), { target: cell, swap: "beforeend", source: cell });
    $("select, input:not([type=hidden])", panel() ?? cell)?.focus();
  };
  const ask = async (href) => {
    await htmx.ajax("GET", href, { target: "#ask", swap: "innerHTML" });
  };
  addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-edit]");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      if (!dragged) open(link);
    }
    if (event.target.closest?.("[data-close]")) {
      if (event.target.closest("#ask")) $("#ask").close();
      else close();
    }
    if (event.target.closest?.("[data-dismiss-toast]")) $("#toast").replaceChildren();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel()?.contains(event.target)) close();
  });
  let saves = 0;
  let back = null; // where the focus goes once the leads are there anew
  addEventListener("lead-saved", (event) => {
    const { id, field } = event.detail;
    saves += 1;
    back = `#lead-${id} [data-edit][href$="/change/${field}"]`;
    close(false);
    if ($("#ask").open) $("#ask").close();
    $("#ask").replaceChildren();
    refresh();
  });

  // A word that asks for nothing goes by itself.
  let fading = 0;
  const fade = () => {
    clearTimeout(fading);
    const line = $("#toast .toast-line");
    if (line && !$("[data-undo]", line)) fading = setTimeout(() => line.remove(), 6000);
  };

  // --- the pipeline ---
  const lanes = () => all(".lane");
  const move = async (tile, lane, focus = true) => {
    const [from, to] = [tile.dataset.status, lane.dataset.status];
    if (from === to) return;
    const href = $("[data-move]", tile).getAttribute("href");
    if (["won", "lost"].includes(to) || from === "won") return ask(`${href}?to=${to}`);
    if (focus) back = `#${tile.id} [data-move]`;
    const [home, next, before] = [tile.parentNode, tile.nextSibling, saves];
    $(".lane-leads", lane).prepend(tile);
    await htmx.ajax("POST", href, {
      target: "#ask", swap: "innerHTML",
      values: { lead_status: to, seen: tile.dataset.seen, csrf_token: token() },
    });
    if (saves === before) home.insertBefore(tile, next); // refused: the dialog says why
  };
  addEventListener("keydown", (event) => {
    const handle = event.target.closest?.("[data-move]");
    if (!handle) return;
    const tile = handle.closest(".tile"), at = lanes().indexOf(tile.closest(".lane"));
    if (event.key === " ") { event.preventDefault(); open(handle); }
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const lane = step && lanes()[at + step];
    if (lane) { event.preventDefault(); move(tile, lane); }
    const down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (down) {
      event.preventDefault();
      const tiles = all(".tile", tile.closest(".lane"));
      $("[data-move]", tiles[tiles.indexOf(tile) + down] ?? tile).focus();
    }
  });

  let drag = null, dragged = false;
  const over = (x, y) => document.elementFromPoint(x, y)?.closest(".lane");
  const begin = () => {
    const { tile } = drag, box = tile.getBoundingClientRect();
    drag.ghost = tile.cloneNode(true);
    drag.ghost.removeAttribute("id");
    drag.ghost.classList.add("tile-ghost");
    drag.ghost.style.width = `${box.width}px`;
    [drag.dx, drag.dy] = [drag.x - box.left, drag.y - box.top];
    document.body.append(drag.ghost);
    tile.classList.add("tile-away");
    document.documentElement.classList.add("dragging");
  };
  const follow = (x, y) => {
    drag.ghost.style.transform = `translate(${x - drag.dx}px, ${y - drag.dy}px)`;
    const board = $(".board"), edge = board.getBoundingClientRect();
    if (x > edge.right - 48) board.scrollBy(16, 0);
    if (x < edge.left + 48) board.scrollBy(-16, 0);
    for (const lane of lanes()) lane.classList.toggle("lane-over", lane === over(x, y));
  };
  const end = () => {
    drag?.ghost?.remove();
    drag?.tile.classList.remove("tile-away");
    document.documentElement.classList.remove("dragging");
    for (const lane of lanes()) lane.classList.remove("lane-over");
    drag = null;
  };
  addEventListener("pointerdown", (event) => {
    const tile = event.target.closest?.(".board .tile");
    dragged = false;
    if (!tile || event.button !== 0 || !$("[data-move]", tile) || event.target.closest("[data-panel]")) return;
    // A finger scrolls the board, so it drags by the handle alone.
    if (event.pointerType !== "mouse" && !event.target.closest("[data-move]")) return;
    drag = { tile, x: event.clientX, y: event.clientY, pointer: event.pointerId };
  });
  addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 6;
    if (!drag.ghost && far) begin();
    if (drag.ghost) { dragged = true; getSelection().removeAllRanges(); follow(event.clientX, event.clientY); }
  });
  addEventListener("pointerup", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const { tile, ghost } = drag, lane = ghost && over(event.clientX, event.clientY);
    end();
    if (lane) move(tile, lane, false);
  });
  addEventListener("pointercancel", end);
  addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) end(); });
  addEventListener("dragstart", (event) => { if (event.target.closest?.(".board .tile")) event.preventDefault(); });
  addEventListener("click", (event) => {
    if (dragged && event.target.closest?.(".tile")) event.preventDefault(); // the end of a drag opens no lead
  }, true);

  // --- what polls must not disturb ---
  const isPoll = (event) => event.detail.ctx?.sourceElement?.matches?.("[data-poll]");
  addEventListener("htmx:before:request", (event) => {
    if (isPoll(event) && drag) event.preventDefault();
  });
  let opened = [];
  addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail;
    const fresh = tasks?.find((task) => task.target?.id === "leads" || task.target === "#leads")?.fragment;
    if (isPoll(event)) {
      const edited = panel()?.closest("[id]").id;
      if (drag || (edited && fresh && !fresh.querySelector(`#${edited}`))) return event.preventDefault();
      if (isLong(fresh)) { $("#stale").hidden = false; return event.preventDefault(); }
    }
    if (ctx.target?.id === "leads") {
      opened = all("#leads details[open]").map((one) => one.id);
    }
  });
  // Somebody scrolled on through an endless list: the first page anew would take the rest away.
  const isLong = (fresh) => {
    if ($("#leads")?.dataset.paging !== "endless") return false;
    const rows = "#leads [id^=lead-]";
    return all(rows).length > (fresh?.querySelectorAll("[id^=lead-]").length ?? Infinity);
  };
  addEventListener("htmx:after:swap", (event) => {
    for (const id of opened) if (id && $(`#${id}`)) $(`#${id}`).open = true;
    opened = [];
    if (back && $(back) && event.detail.ctx.target?.id === "leads") { $(back).focus(); back = null; }
    countPicks();
    if ($("#ask").childElementCount && !$("#ask").open) $("#ask").showModal();
    $("#ask [aria-invalid]")?.focus();
    fade();
    if (event.detail.ctx.target?.id === "lead-page") ($("#leads .chip") ?? $("#leads .looks [aria-current]"))?.focus();
  });
  addEventListener("DOMContentLoaded", countPicks);
})();
