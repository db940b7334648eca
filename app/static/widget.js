/* WedSync Leads, the inquiry form of a website:

     <script src="https://HOST/widget.js" data-form="KEY" async></script>
     <noscript><a href="https://HOST/f/KEY">Send us an inquiry</a></noscript>

   Without data-form it only notes the visit, for pages other than the contact page; data-theme="light" or
   "dark" holds a look. It sets no cookie, talks to HOST alone and needs only HOST in script-src and connect-src. */
(() => {
  "use strict";
  const script = document.currentScript || document.querySelector('script[src*="/widget.js"]');
  const { form: key, theme } = script.dataset;
  const address = (path) => new URL("f/" + key + path, script.src).href;
  const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

  // What must outlive the page. A browser without storage remembers until it is left.
  const memory = {};
  const recall = (name) => {
    try {
      return JSON.parse(localStorage.getItem("wedsync." + name)) || memory[name];
    } catch {
      return memory[name];
    }
  };
  const remember = (name, value) => {
    memory[name] = value;
    try {
      if (value) localStorage.setItem("wedsync." + name, JSON.stringify(value));
      else localStorage.removeItem("wedsync." + name);
    } catch {}
  };

  // The visit: the first touch stays; the last is the latest one that says where it came from.
  const MARKS = "utm_source utm_medium utm_campaign utm_term utm_content gclid fbclid msclkid".split(" ");
  const clean = (text, most) => text.replace(/[\0-\x1f]/g, "").slice(0, most);
  function noteVisit() {
    const query = new URLSearchParams(location.search);
    const touch = {};
    for (const mark of MARKS) if (query.get(mark)) touch[mark] = clean(query.get(mark), 255);
    const { referrer } = document;
    if (referrer && !referrer.startsWith(location.origin + "/")) touch.referrer = clean(referrer, 2000);
    const marked = Object.keys(touch).length;
    touch.landing_page = clean(location.origin + location.pathname + location.search, 2000);
    touch.at = new Date().toISOString();
    if (!recall("first")) remember("first", touch);
    if (marked || !recall("last")) remember("last", touch);
  }
  noteVisit();
  if (!key) return;

  const DARK = "--ink:#f3f0ee;--soft:#b9b2ae;--line:#7d7470;--paper:#211d1c;--field:#2b2625;--bad:#ff9d94;--accent:var(--wedsync-accent,#f0a8b8);--on:#2a1218";
  const STYLE = `
:host{display:block;color-scheme:light;--ink:#2a2523;--soft:#655c58;--line:#8d837e;--paper:#fff;--field:#fff;--bad:#b3261e;--accent:var(--wedsync-accent,#8c2f49);--on:#fff}
@media(prefers-color-scheme:dark){:host(:not(.light)){color-scheme:dark;${DARK}}}
:host(.dark){color-scheme:dark;${DARK}}
*{box-sizing:border-box}
section{background:var(--paper);color:var(--ink);font:inherit;line-height:1.5;border-radius:12px;padding:clamp(1rem,4vw,2rem);max-width:46rem;margin:auto}
h2{font-size:1.5em;line-height:1.2;margin:0}
h2+p{color:var(--soft);margin:.5rem 0 1.25rem}
form{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:1rem 1.25rem}
.wide,fieldset,button,[role]{grid-column:1/-1}
label,legend{display:block;font-weight:600;padding:0}
small{font-weight:400;color:var(--soft)}
input,textarea{font:inherit;color:inherit;background:var(--field);border:1px solid var(--line);border-radius:8px;padding:.55rem .7rem;width:100%;margin-top:.25rem;min-height:2.75rem}
textarea{min-height:8rem;resize:vertical}
fieldset{min-width:0;border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}
.tick{display:flex;gap:.6rem;align-items:start;font-weight:400;min-height:1.75rem}
.tick input{width:1.15rem;min-height:0;height:1.15rem;margin:.2rem 0 0;flex:none;accent-color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
[aria-invalid]{border-color:var(--bad)}
.bad{color:var(--bad);margin:.25rem 0 0}
button{font:inherit;font-weight:600;color:var(--on);background:var(--accent);border:0;border-radius:8px;padding:.8rem 1.5rem;min-height:3rem;cursor:pointer;justify-self:start}
button[disabled]{opacity:.6;cursor:wait}
[role]{margin:0;min-height:1.5em}
[role]:focus{outline:0;font-size:1.15em}
.trap{position:absolute;left:-9999px}`;

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const host = make("div", { class: theme || "" });
  const root = host.attachShadow({ mode: "open" });
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {} // a browser before 2023 shows the form plain
  const place = () => (document.head.contains(script) ? document.body.append(host) : script.after(host));
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);

  const status = make("p", { role: "status" });
  const say = (text) => (status.textContent = text);
  const button = make("button", {}, "Send");
  const form = make("form", { novalidate: "", "aria-labelledby": "heading" });
  const section = make("section", {}, form);
  const unsent = "unsent." + key;
  let token;

  const tick = (name, text, value) => {
    const box = make("input", { type: "checkbox", name, id: name + value, value });
    return make("label", { class: "tick", for: name + value }, box, make("span", {}, text));
  };
  function field({ name, label, hint, kind, choices, attributes }) {
    if (kind === "checkbox") return make("div", { class: "wide" }, tick(name, label, "y"));
    if (kind === "checkboxes")
      return make("fieldset", {}, make("legend", {}, label), ...choices.map((choice) => tick(name, choice, choice)));
    const control = make(kind === "textarea" ? kind : "input", { ...attributes, name, id: name });
    const title = make("label", { for: name }, label);
    if (hint) title.append(" ", make("small", {}, hint));
    return make("div", { class: kind === "textarea" ? "wide" : "" }, title, control);
  }

  function values() {
    const data = new FormData(form);
    const said = {};
    for (const name of new Set(data.keys())) said[name] = data.get(name);
    for (const box of form.querySelectorAll("[type=checkbox]")) said[box.name] = box.value === "y" ? box.checked : data.getAll(box.name);
    delete said.website;
    return said;
  }
  function fill(said) {
    for (const control of form.elements) {
      const value = said[control.name];
      if (control.type === "checkbox") control.checked = Array.isArray(value) ? value.includes(control.value) : !!value;
      else if (value) control.value = value;
    }
  }

  // Errors stand beside their fields; the first one gets the focus.
  function show(errors) {
    form.querySelectorAll(".bad").forEach((old) => old.remove());
    form.querySelectorAll("[aria-invalid]").forEach((control) => {
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-describedby");
    });
    let first;
    for (const { field, message } of errors) {
      const control = form.elements[field === "form" ? "email" : field.split(".")[1]];
      const input = control && (control.tagName ? control : control[0]);
      if (!input) continue;
      const id = input.name + "-bad";
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", id);
      input.closest("div,fieldset").append(make("p", { class: "bad", id }, message));
      first = first || input;
    }
    if (errors.length) say(first ? "Please check what is marked." : errors[0].message);
    if (first) first.focus();
    return !errors.length;
  }
  function check() {
    const errors = [];
    for (const { name, validity, validationMessage } of form.elements)
      if (validity && !validity.valid && !validity.typeMismatch) errors.push({ field: "form." + name, message: validationMessage });
    const { email, phone } = form.elements;
    if (!email.value.trim() && !phone.value.trim())
      errors.push({ field: "form.email", message: "Give an e-mail address or a phone number, so that we can answer." });
    return show(errors);
  }

  // Sending: the same idempotency key until the server has answered, so that a repeat adds nothing.
  async function settled(url, options) {
    for (let attempt = 0; ; attempt++) {
      let pause = 3 ** attempt;
      try {
        const answer = await fetch(url, { ...options, credentials: "omit", signal: AbortSignal.timeout?.(20000) });
        if (answer.status < 500 && answer.status !== 429) return answer;
        pause = Math.max(pause, answer.headers.get("Retry-After") || 0);
      } catch {}
      say("Still trying. Your message is kept on this device.");
      if (attempt > 2 || pause > 60 || !navigator.onLine) return null;
      await wait(pause);
    }
  }
  const post = (body) =>
    settled(address("/inquiries"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const configuration = async () => {
    const answer = await settled(address("/config"));
    return answer && answer.ok ? answer.json() : null;
  };

  // A worn-out token or odd visit marks are ours to mend, not the couple's.
  async function mend(body, errors) {
    const about = (name) => errors.some(({ field }) => field.startsWith(name));
    if (about("visit")) {
      delete body.visit;
      remember("first");
      remember("last");
    } else if (about("token")) {
      body.token = ((await configuration()) || {}).token;
      await wait(3);
    } else return null;
    remember(unsent, body);
    return post(body);
  }
  async function send() {
    const body = recall(unsent);
    if (!body || button.disabled) return;
    button.disabled = true;
    say("Sending…");
    let answer = await post(body);
    let problem = answer && !answer.ok ? await answer.json().catch(() => ({})) : {};
    const again = problem.errors && (await mend(body, problem.errors));
    if (again) {
      answer = again;
      problem = again.ok ? {} : await again.json().catch(() => ({}));
    }
    button.disabled = false;
    if (!answer) say("We cannot be reached just now. Your message is kept on this device and is sent as soon as you are back.");
    else if (answer.ok) thank((await answer.json()).message);
    else {
      if (answer.status !== 403 && answer.status !== 404) remember(unsent);
      say(problem.detail || "This did not work. Please try again.");
      show(problem.errors || []);
    }
  }
  function thank(message) {
    remember(unsent);
    const thanks = make("p", { role: "status", tabindex: "-1" }, message);
    section.replaceChildren(thanks);
    thanks.focus();
  }
  const unique = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled || !check()) return;
    const said = values();
    const kept = recall(unsent);
    const same = kept && JSON.stringify(kept.form) === JSON.stringify(said);
    remember(unsent, {
      form: said,
      visit: { first: recall("first"), last: recall("last") },
      idempotency_key: same ? kept.idempotency_key : unique(),
      token,
      website: form.elements.website.value,
    });
    send();
  });
  addEventListener("online", send);

  (async () => {
    const config = await configuration();
    if (!config) {
      root.append(make("a", { href: address("") }, "Send us an inquiry"));
      return;
    }
    token = config.token;
    const trap = make("input", { name: "website", tabindex: "-1", autocomplete: "off" });
    form.append(...config.fields.map(field), make("div", { class: "trap", "aria-hidden": "true" }, trap), button, status);
    section.prepend(make("h2", { id: "heading" }, config.heading), make("p", {}, config.need));
    root.append(section);
    const kept = recall(unsent);
    if (kept) {
      fill(kept.form);
      send();
    }
  })();
})();
