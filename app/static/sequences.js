// Rows of conditions grow as they are filled in, and say what their value is. Without this file the buttons
// “Another …” send the form for one more row.
(() => {
  const fit = (row) => {
    const [select, input] = [row.querySelector("select"), row.querySelector("input")];
    const { hint = "", kind = "" } = select.selectedOptions[0]?.dataset ?? {};
    input.placeholder = hint;
    if (document.getElementById(`offer-${kind}`)) input.setAttribute("list", `offer-${kind}`);
    else input.removeAttribute("list");
  };
  const grow = (list) => {
    const last = list.querySelector(":scope > [data-condition]:last-of-type");
    if (!last.querySelector("select").value) return last;
    const row = last.cloneNode(true);
    row.querySelector("select").removeAttribute("id");
    row.querySelector("select").value = "";
    row.querySelector("input").value = "";
    fit(row);
    last.after(row);
    return row;
  };
  addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-condition]").forEach(fit));
  addEventListener("change", (event) => {
    const row = event.target.closest?.("[data-condition]");
    if (!row || !event.target.matches("select")) return;
    fit(row);
    grow(row.parentNode);
  });
  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-more]");
    if (!button) return;
    event.preventDefault();
    grow(button.closest("fieldset").querySelector("[data-conditions]")).querySelector("select").focus();
  });
})();
