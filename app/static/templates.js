// The preview follows what is typed, and a word is put in where the cursor was. Without this file the button
// Preview does the one, and the words are typed.
(() => {
  const form = document.querySelector("#template-form");
  const button = form.querySelector("[data-preview]");
  let waiting = 0;
  const show = (after) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(button), after);
  };
  form.addEventListener("input", () => show(600));
  if ([...form.querySelectorAll("[required]")].every((field) => field.value)) show(0);

  let last = form.querySelector("textarea[data-tokens]");
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-tokens]")) last = event.target;
  });
  form.addEventListener("click", (event) => {
    const token = event.target.closest("[data-token]")?.dataset.token;
    if (!token) return;
    last.setRangeText(token, last.selectionStart, last.selectionEnd, "end");
    last.focus();
    last.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
