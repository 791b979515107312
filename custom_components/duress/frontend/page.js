// The page behind the tap on a call. It shows what Home Assistant says and posts what is tapped; it decides nothing.
// Everything is put in as text, never as markup: names come from people.

const STYLE = `
  :host { display: block; min-height: 100%; background: var(--primary-background-color);
    color: var(--primary-text-color); font-family: var(--ha-font-family-body, Roboto, sans-serif); }
  header { display: flex; align-items: center; gap: 8px; height: 56px; padding: 0 8px;
    background: var(--app-header-background-color, var(--primary-color));
    color: var(--app-header-text-color, #fff); font-size: 20px; }
  main { max-width: 640px; margin: 0 auto; padding: 12px; }
  article { background: var(--card-background-color); border-radius: 12px; margin-bottom: 16px; overflow: hidden;
    border: 1px solid var(--divider-color); }
  article > * { padding: 0 16px; }
  h1 { margin: 0; padding: 16px; font-size: 22px; line-height: 1.25; overflow-wrap: anywhere; }
  .waiting h1 { background: var(--error-color, #b00020); color: #fff; }
  .coming h1 { background: var(--warning-color, #c56000); color: #fff; }
  .there h1 { background: var(--success-color, #2e7d32); color: #fff; }
  p { margin: 12px 0; font-size: 17px; line-height: 1.4; overflow-wrap: anywhere; }
  .buttons { display: grid; gap: 10px; padding: 4px 16px 16px; }
  button { min-height: 56px; border: 0; border-radius: 12px; font: inherit; font-size: 18px; font-weight: 500;
    background: var(--secondary-background-color); color: var(--primary-text-color); cursor: pointer; }
  .buttons > button:first-child:not(.other), button.chosen { background: var(--primary-color); color: var(--text-primary-color, #fff); }
  button:disabled { opacity: .5; }
  input, textarea, select { min-height: 56px; box-sizing: border-box; padding: 0 16px; border-radius: 12px; font: inherit; font-size: 18px;
    border: 1px solid var(--divider-color); background: var(--card-background-color); color: inherit; }
  textarea { padding: 12px 16px; resize: vertical; }
  figure { margin: 0 0 12px; }
  img, video { display: block; width: 100%; min-height: 40px; border-radius: 8px; background: var(--secondary-background-color); }
  button.live { width: 100%; margin-top: 8px; }
  figcaption { padding-top: 4px; font-size: 14px; color: var(--secondary-text-color); overflow-wrap: anywhere; }
  h2 { margin: 16px 0 4px; font-size: 14px; color: var(--secondary-text-color); }
  .fact { white-space: pre-line; margin-top: 0; }
  table { width: calc(100% - 32px); margin: 0 16px; border-collapse: collapse; font-size: 16px; }
  td { padding: 6px 0; vertical-align: top; overflow-wrap: anywhere; }
  td:last-child { text-align: right; color: var(--secondary-text-color); }
  details { padding-bottom: 12px; font-size: 15px; }
  summary { padding: 12px 0; cursor: pointer; color: var(--primary-color); }
  li { margin: 6px 0; line-height: 1.35; }
  ol { list-style: none; padding: 0; margin: 0; }
  time { color: var(--secondary-text-color); margin-right: 8px; }
  [role="status"]:empty { display: none; }
  [role="status"] { padding: 12px 16px; margin-bottom: 16px; border-radius: 12px;
    background: var(--secondary-background-color); font-size: 17px; }
`;

const element = (tag, text, attributes = {}) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  Object.assign(made, attributes);
  return made;
};

const LONGEST_TAP = 700; // ms

class DuressPage extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this._open = new Set();
    this._typed = new Map();
    this._shown = new Map();
    this._kept = new Map();
    this._answers = new Map();
    this._news = 0;
    this._sent = 0;
    this._said = element("div", "");
    this._said.setAttribute("role", "status");
    this._pressed = -LONGEST_TAP;
    this.onpointerdown = () => { this._pressed = performance.now(); };
    this.onclick = () => { this._pressed = -LONGEST_TAP; if (this._due) this._render(); };
  }

  set hass(hass) {
    const first = !this._hass;
    this._hass = hass;
    if (first && this.isConnected) this._subscribe();
  }

  set narrow(_narrow) {}

  set panel(_panel) {}

  set route(route) {
    this._wanted = (route.path || "").replace(/^\//, "");
    if (this._page) this._render();
  }

  connectedCallback() {
    if (this._hass) this._subscribe();
  }

  disconnectedCallback() {
    clearTimeout(this._again);
    if (this._ready) this._hass.connection.removeEventListener("ready", this._ready);
    this._stop?.then((stop) => stop()).catch(() => {});
    this._stop = undefined;
    this._let_go(new Set());
  }

  _subscribe() {
    if (this._stop) return;
    const connection = this._hass.connection;
    const begin = () => {
      const stop = connection.subscribeMessage((page) => {
        this._page = page;
        this._news += 1;
        this._render();
      }, { type: "duress/page" }, { resubscribe: false });
      this._stop = stop;
      // Home Assistant may have just started, and not know the command yet.
      stop.catch(() => { if (this._stop === stop) this._again = setTimeout(begin, 2000); });
    };
    this._ready = () => { clearTimeout(this._again); begin(); };
    connection.addEventListener("ready", this._ready);
    begin();
  }

  _answer(call, button) {
    return this._send({
      type: "duress/page_answer",
      entry_id: call.entry_id,
      incident_id: call.incident_id,
      reply: button.reply,
      asked: call.asked,
    });
  }

  async _send(request) {
    const buttons = [...this.shadowRoot.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    this._said.textContent = "";
    let taken = false;
    try {
      const result = await this._hass.callWS(request);
      this._said.textContent = result?.said ?? "";
      this._sent += 1;
      taken = !this._said.textContent;
    } catch (error) {
      this._said.textContent = error.code === "not_allowed" ? error.message : this._page.failed;
    }
    for (const button of buttons) button.disabled = false;
    this._render();
    return taken;
  }

  _sign_on(phone, person) {
    return this._send({ type: "duress/sign_on", entry_id: phone.entry_id, post: phone.post, person: person.id });
  }

  // A button that is replaced under a finger loses the tap, so a page that changes then waits for the finger a moment.
  _render() {
    clearTimeout(this._due);
    const tapping = () => this._pressed + LONGEST_TAP - performance.now();
    this._due = setTimeout(() => (tapping() > 0 ? this._render() : this._draw()), Math.max(0, tapping()));
  }

  _draw() {
    this._due = undefined;
    const { calls, phones, title, none } = this._page;
    const header = element("header");
    if (customElements.get("ha-menu-button")) {
      header.append(element("ha-menu-button", undefined, { hass: this._hass, narrow: true }));
    }
    header.append(element("span", title));
    this._let_go(new Set(calls.flatMap((call) => [...(call.pictures?.rows ?? []), ...(call.pictures?.clips ?? [])].map(({ url }) => url))));
    const main = element("main");
    main.append(this._said, ...phones.map((phone) => this._phone(phone)));
    const tapped = (call) => (call.incident_id === this._wanted ? 0 : 1);
    main.append(...[...calls].sort((a, b) => tapped(a) - tapped(b)).map((call) => this._call(call)));
    if (!calls.length) main.append(element("p", none));
    main.append(...this._page.lockdowns.map((site) => this._lockdown(site)));
    main.append(...this._page.records.map((site) => this._records(site)));
    const { id, selectionStart, selectionEnd } = this.shadowRoot.activeElement ?? {};
    this.shadowRoot.replaceChildren(element("style", STYLE), header, main);
    const typing = id && this.shadowRoot.getElementById(id);
    if (!typing) return;
    typing.focus({ preventScroll: true });
    typing.setSelectionRange(selectionStart, selectionEnd);
  }

  _phone(phone) {
    const card = element("article");
    card.append(element("h2", phone.question));
    const buttons = element("div", undefined, { className: "buttons" });
    for (const person of phone.people) {
      const button = element("button", person.name, {
        className: person.signed_on ? "chosen" : "other",
        onclick: () => this._sign_on(phone, person),
      });
      button.setAttribute("aria-pressed", String(person.signed_on));
      buttons.append(button);
    }
    card.append(buttons);
    return card;
  }

  _call(call) {
    const card = element("article", undefined, { className: call.stands });
    card.append(element("h1", call.title), ...call.lines.map((line) => element("p", line)));
    if (call.buttons.length) {
      const buttons = element("div", undefined, { className: "buttons" });
      buttons.append(...call.buttons.map((button) =>
        element("button", button.label, { onclick: () => this._answer(call, button) })));
      card.append(buttons);
    }
    for (const fact of call.facts) {
      card.append(element("h2", fact.label), element("p", fact.text, { className: "fact" }));
    }
    if (call.doors) card.append(...this._doors(call));
    if (call.pictures) card.append(...this._pictures(call.pictures));
    if (call.people) card.append(...this._people(call.people));
    if (call.timeline) card.append(this._timeline(call));
    if (call.end) card.append(this._end(call));
    if (call.cancel) card.append(this._cancel(call));
    return card;
  }

  _doors(call) {
    const buttons = element("div", undefined, { className: "buttons" });
    buttons.append(...call.doors.buttons.map(({ door, label }) => element("button", label, {
      className: "other",
      onclick: () => this._send({
        type: "duress/page_unlock", entry_id: call.entry_id, incident_id: call.incident_id, door,
      }),
    })));
    return [element("h2", call.doors.label), ...call.doors.rows.map((row) => element("p", row)), buttons];
  }

  // What is done to all doors is tapped twice: the first tap asks whether it is meant.
  _lockdown(site) {
    const card = element("article");
    const key = `lockdown ${site.entry_id}`;
    const details = this._section(key, site.label);
    details.open ||= site.rows.length > 0;
    const buttons = element("div", undefined, { className: "buttons" });
    for (const { command, label } of site.buttons) {
      const button = element("button", label, { className: "other" });
      button.onclick = () => {
        if (button.textContent === label) button.textContent = site.sure;
        else this._send({ type: `duress/page_${command}`, entry_id: site.entry_id });
      };
      buttons.append(button);
    }
    details.append(...site.rows.map((row) => element("p", row)), buttons);
    card.append(details);
    return card;
  }

  _pictures(pictures) {
    const figures = pictures.rows.map(({ url, said, live }) => {
      const figure = element("figure");
      if (url) figure.append(element("img", undefined, { alt: said, src: this._shown.get(url) ?? "" }));
      if (url && !this._shown.has(url)) this._show(url, figure.firstChild);
      figure.append(element("figcaption", said));
      if (live) {
        const detail = { bubbles: true, composed: true, detail: { entityId: live } };
        figure.append(element("button", pictures.live, {
          className: "live", onclick: () => this.dispatchEvent(new CustomEvent("hass-more-info", detail)),
        }));
      }
      return figure;
    });
    return [element("h2", pictures.label), ...figures, ...pictures.clips.map((clip) => this._clip(clip))];
  }

  // A clip is large: it is fetched when somebody wants to see it.
  _clip({ url, said }) {
    const figure = element("figure");
    const shown = this._shown.get(url);
    const playing = () => element("video", undefined, { src: shown, controls: true, muted: true });
    if (shown) figure.append(this._keep(url, playing));
    else {
      const video = element("video", undefined, { controls: true, muted: true });
      const show = () => { if (!this._shown.has(url)) this._show(url, video); };
      figure.append(element("button", said, { className: "live", onclick: show }));
    }
    figure.append(element("figcaption", shown ? said : ""));
    return figure;
  }

  // Only with the login of whoever looks; each picture once, as each time is put on record.
  async _show(url, image) {
    this._shown.set(url, "");
    try {
      const response = await this._hass.fetchWithAuth(url);
      if (!response.ok) throw new Error();
      this._shown.set(url, URL.createObjectURL(await response.blob()));
      image.src = this._shown.get(url);
      if (!image.isConnected) this._render();
    } catch {
      this._shown.delete(url);
    }
  }

  // A browser keeps what it was given until it is told that nobody wants it any more.
  _let_go(wanted) {
    for (const [url, shown] of this._shown) {
      if (!shown || wanted.has(url)) continue;
      URL.revokeObjectURL(shown);
      this._shown.delete(url);
      this._kept.delete(url);
    }
  }

  _people(people) {
    const table = element("table");
    for (const person of people.rows) {
      const row = element("tr");
      row.append(element("td", person.name), element("td", person.stands));
      table.append(row);
    }
    return [element("h2", people.label), table];
  }

  _cancel(call) {
    const { label, code } = call.cancel;
    const field = { type: "password", inputMode: "numeric", autocomplete: "off", maxLength: 20 };
    return this._form(call, "page_cancel", label, code, element("input", undefined, field), [[label, (typed) => ({ code: typed })]]);
  }

  _end(call) {
    const { label, note, buttons } = call.end;
    const field = element("textarea", undefined, { maxLength: 500, rows: 3 });
    return this._form(call, "page_end", label, note, field, buttons.map(({ label, reply }) =>
      [label, (typed) => ({ note: typed, reply, asked: call.asked })]));
  }

  // What plays, or is being written in, goes on when the page changes.
  _keep(key, make) {
    if (!this._kept.has(key)) this._kept.set(key, make());
    return this._kept.get(key);
  }

  // A line that opens. It stays as it is when the page changes.
  _section(key, label) {
    const details = element("details", undefined, { open: this._open.has(key) });
    const summary = element("summary", label);
    summary.onclick = () => {
      if (details.open) this._open.delete(key);
      else this._open.add(key);
      this._render();
    };
    details.append(summary);
    return details;
  }

  // What stands below a line that is open: asked for once for each state of the page that it goes with.
  _below(key, state, request) {
    const { asked, answer } = this._answers.get(key) ?? {};
    if (!this._open.has(key) || asked === state) return answer;
    this._answers.set(key, { asked: state, answer });
    const note = (known) => {
      if (this._answers.get(key).asked === state) this._answers.set(key, known);
    };
    this._hass.callWS(request).then((found) => {
      note({ asked: state, answer: JSON.stringify(found) === JSON.stringify(answer) ? answer : found });
      this._render();
    }).catch(() => note({ answer }));
    return answer;
  }

  // A line that opens on something to type, and to send by one of some buttons.
  _form(call, command, label, what, field, buttons) {
    const key = `${command} ${call.incident_id}`;
    field.setAttribute("aria-label", what);
    field.placeholder = what;
    field.id = key;
    field.value = this._typed.get(key) ?? "";
    field.oninput = () => this._typed.set(key, field.value);
    const form = element("form", undefined, { className: "buttons" });
    form.append(field, ...buttons.map(([name]) => element("button", name, { className: "other" })));
    form.onsubmit = (event) => {
      event.preventDefault();
      const typed = field.value.trim();
      if (!typed) return field.focus();
      const [, content] = buttons[Math.max(0, [...form.querySelectorAll("button")].indexOf(event.submitter))];
      if (field.type === "password") this._typed.delete(key);
      this._send({ type: `duress/${command}`, entry_id: call.entry_id, incident_id: call.incident_id, ...content(typed) })
        .then((taken) => { if (taken) this._typed.delete(key); });
    };
    const details = this._section(key, label);
    details.append(form);
    return details;
  }

  // Calls that are over, for those who look them through.
  _records(site) {
    const card = element("article");
    const key = `records ${site.entry_id}`;
    const state = `${this._sent} ${this._page.calls.map((call) => call.incident_id)}`;
    const records = this._below(key, state, { type: "duress/page_records", entry_id: site.entry_id });
    const list = this._keep(key, () => element("div"));
    if (records && list.records !== records) {
      list.records = records;
      list.replaceChildren(...records.rows.map((row) => this._record(site, records, row)));
    }
    const details = this._section(key, site.label);
    details.append(list);
    card.append(details);
    return card;
  }

  _record(site, records, row) {
    const part = element("form", undefined, { className: "buttons" });
    part.append(element("p", row.said), element("button", records.download, {
      type: "button", className: "other", onclick: () => this._download(row),
    }));
    if (row.keeps) {
      part.append(element("button", row.keeps.label, { type: "button", className: "other", onclick: () => this._send({
        type: "duress/keep_pictures", entry_id: site.entry_id, incident_id: row.incident_id, marked: row.keeps.marked,
      }) }));
    }
    if (!row.closes) return part;
    const code = element("select");
    code.setAttribute("aria-label", records.close);
    code.append(...records.codes.map(({ code, label }) => element("option", label, { value: code })));
    const id = `note ${row.incident_id}`;
    const note = element("textarea", undefined, { id, maxLength: 500, rows: 2, placeholder: records.note });
    note.value = this._typed.get(id) ?? "";
    note.oninput = () => this._typed.set(id, note.value);
    note.setAttribute("aria-label", records.note);
    part.append(code, note, element("button", records.close, { className: "other" }));
    part.onsubmit = (event) => {
      event.preventDefault();
      const written = note.value.trim();
      this._send({ type: "duress/close_incident", entry_id: site.entry_id, incident_id: row.incident_id,
        code: code.value, ...(written ? { note: written } : {}) })
        .then((taken) => { if (taken) this._typed.delete(id); });
    };
    return part;
  }

  async _download(row) {
    try {
      const response = await this._hass.fetchWithAuth(row.url);
      if (!response.ok) throw new Error();
      const url = URL.createObjectURL(await response.blob());
      element("a", undefined, { href: url, download: `${row.incident_id}.zip` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    } catch {
      this._said.textContent = this._page.failed;
    }
  }

  _timeline(call) {
    const key = call.incident_id;
    const request = { type: "duress/incident_record", entry_id: call.entry_id, incident_id: call.incident_id };
    const list = element("ol");
    for (const line of this._below(key, this._news, request)?.timeline ?? []) {
      const item = element("li");
      item.append(element("time", line.time), line.text);
      list.append(item);
    }
    const details = this._section(key, call.timeline);
    details.append(list);
    return details;
  }
}

if (!customElements.get("duress-page")) customElements.define("duress-page", DuressPage);
