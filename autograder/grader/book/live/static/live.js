// Exercises that are checked on the page. Each place for one gets buttons; the editor is loaded
// when the reader wants to write, and Python when he or she wants a check.
//
// What is told of an exercise comes from the reader's own code: it is shown as text, never as HTML.
document.addEventListener("DOMContentLoaded", () => {
  const places = [...document.querySelectorAll(".live")];
  if (!places.length) return;
  if (location.protocol === "file:") {
    places.forEach((place) => place.append(served()));
    return;
  }
  const page = new Page(places[0].dataset);
  page.exercises = places.map((place) => new Exercise(page, place));
  // On an assignment's page alone: another has one of its exercises to try.
  if (document.querySelector(".start-here")) page.exercises.at(-1).place.after(page.keeping());
  page.exercises.filter((exercise) => exercise.kept() !== null).forEach((one) => one.write());
});

/** An element with what it contains. */
function made(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  Object.assign(element, attributes);
  element.append(...content);
  return element;
}

/** Sentences whose names between backticks are code. */
function sentences(text) {
  const parts = text.split(/`([^`]+)`/);
  return made("p", {}, ...parts.map((part, i) => (i % 2 ? made("code", {}, part) : part)));
}

function served() {
  return made(
    "p",
    { className: "live-cost" },
    "A browser lets pages check exercises only where a server serves them. In the folder of the ",
    "book: ",
    made("code", {}, "python -m http.server"),
  );
}

/** What the exercises of a page share: the notebook, Python, and what is kept. */
class Page {
  constructor({ page, root, notebook, wheel, megabytes }) {
    Object.assign(this, { name: page, root, megabytes });
    this.notebook = new URL(notebook, document.baseURI);
    this.wheel = new URL(wheel, document.baseURI).href;
    this.worker = null;
    this.waiting = null;
  }

  at(place) {
    return new URL(this.root + place, document.baseURI);
  }

  /** The notebook as it is released, fetched once. */
  async released() {
    this.fetched ??= fetch(this.notebook).then((response) => {
      if (!response.ok) throw new Error(`The notebook was answered with ${response.status}.`);
      return response.text();
    });
    return JSON.parse(await this.fetched);
  }

  async editor() {
    return import(this.at("live/editor.js"));
  }

  /** Ask Python for something; null where the reader has stopped it. */
  ask(wanted, asked) {
    if (!this.worker) {
      this.worker = new Worker(this.at("live/worker.js"), { type: "module" });
      this.worker.onmessage = ({ data }) => this.answer(data);
      this.worker.onerror = () => this.answer({ failed: "its files could not be loaded" });
    }
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.worker.postMessage({ wanted, asked, wheel: this.wheel });
    });
  }

  answer(data) {
    if (data?.failed) this.end();
    const resolve = this.waiting;
    this.waiting = null;
    resolve?.(data);
  }

  end() {
    this.worker?.terminate();
    this.worker = null;
  }

  stop() {
    this.end();
    this.answer(null);
  }

  /** The buttons below the last exercise: take the work along, and bring it back. */
  keeping() {
    const says = made("p", { className: "live-says" });
    says.setAttribute("role", "status");
    const file = made("input", { type: "file", accept: ".ipynb", className: "live-file" });
    file.onchange = async () => {
      if (file.files[0]) says.textContent = await this.bring(file.files[0]);
      file.value = "";
    };
    const download = made("button", { type: "button" }, "Download the notebook with what I wrote here");
    download.onclick = async () => {
      says.textContent = await this.take();
    };
    const label = made("label", { className: "live-bring" }, "Bring back what stands in a notebook: ", file);
    const what =
      "What you write is kept in this browser, by page and exercise, and goes nowhere else.";
    return made("div", { className: "live-keeping" }, made("p", {}, what), download, label, says);
  }

  /** Download the released notebook with the reader's cells in it; says how many those are. */
  async take() {
    let notebook;
    try {
      notebook = await this.released();
    } catch (error) {
      return `The notebook could not be loaded: ${error.message}`;
    }
    let count = 0;
    for (const cell of notebook.cells) {
      const id = cell.metadata.nbgrader?.solution && cell.metadata.nbgrader.grade_id;
      const exercise = this.exercises.find((one) => one.name === id);
      const own = exercise ? exercise.own() : id ? kept(this.name, id) : null;
      if (own !== null) {
        cell.source = own;
        count += 1;
      }
    }
    const content = new Blob([`${JSON.stringify(notebook, null, 1)}\n`], { type: "application/json" });
    const link = made("a", { href: URL.createObjectURL(content), download: `${this.name}.ipynb` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    const cells = count === 1 ? "1 cell of yours is" : `${count} cells of yours are`;
    return `${cells} in the notebook that was downloaded.`;
  }

  /** Bring back the cells of a notebook; says how many there were. */
  async bring(file) {
    let cells, released;
    try {
      cells = JSON.parse(await file.text()).cells;
      released = (await this.released()).cells;
    } catch (error) {
      return `${file.name} could not be read as a notebook: ${error.message}`;
    }
    const text = (cell) => (Array.isArray(cell.source) ? cell.source.join("") : cell.source);
    const stubs = new Map(
      released
        .filter((cell) => cell.metadata.nbgrader?.solution)
        .map((cell) => [cell.metadata.nbgrader.grade_id, text(cell)]),
    );
    let count = 0;
    for (const cell of Array.isArray(cells) ? cells : []) {
      const id = cell?.metadata?.nbgrader?.grade_id;
      if (!stubs.has(id) || typeof text(cell) !== "string" || text(cell) === stubs.get(id)) continue;
      count += 1;
      keep(this.name, id, text(cell));
      const exercise = this.exercises.find((one) => one.name === id);
      if (exercise) await exercise.write(text(cell));
    }
    if (!count) return `${file.name} has no cell of this assignment with anything written in it.`;
    return `${count === 1 ? "1 cell was" : `${count} cells were`} brought back.`;
  }
}

function key(page, exercise) {
  return `cells-to-cudnn/${page}/${exercise}`;
}

function kept(page, exercise) {
  try {
    return localStorage.getItem(key(page, exercise));
  } catch {
    return null; // the browser keeps nothing for this site
  }
}

function keep(page, exercise, text) {
  try {
    if (text === null) localStorage.removeItem(key(page, exercise));
    else localStorage.setItem(key(page, exercise), text);
  } catch {
    // Nothing is kept then; the notebook can still be downloaded with what is in the editors.
  }
}

/** One exercise: its cell, its editor, its buttons and what was found. */
class Exercise {
  constructor(page, place) {
    this.page = page;
    this.place = place;
    this.name = place.dataset.exercise;
    this.cell = place.previousElementSibling;
    this.stub = this.cell.querySelector("pre").textContent.trimEnd();
    this.text = this.stub;
    const button = (label, act) => {
      const one = made("button", { type: "button" }, label);
      one.onclick = act;
      return one;
    };
    this.buttons = {
      write: button("Write it here", () => this.write().then(() => this.editor.focus())),
      check: button("Check it here", () => this.check()),
      stop: button("Stop", () => this.page.stop()),
      hint: button("Hint", () => this.hint()),
      again: button("Start over", () => this.again()),
    };
    for (const [name, one] of Object.entries(this.buttons)) {
      one.setAttribute("aria-label", `${one.textContent}: ${this.name}`);
      one.hidden = name !== "write";
    }
    this.buttons.check.classList.add("live-first");
    const says = "Checked in your browser, with nothing to install.";
    this.cost = made("span", { className: "live-cost" }, says);
    this.found = made("div", { className: "live-found" });
    this.found.setAttribute("role", "status");
    this.found.setAttribute("aria-live", "polite");
    const controls = made("div", { className: "live-controls" }, ...Object.values(this.buttons));
    controls.append(this.cost);
    place.append(controls, this.found);
  }

  kept() {
    return kept(this.page.name, this.name);
  }

  /** What the reader has written, or null. */
  own() {
    if (!this.opened) return this.kept();
    return this.text === this.stub ? null : this.text;
  }

  /** Put an editor in the place of the cell, with `text` or with what was kept. */
  async write(text = this.kept() ?? this.stub) {
    this.opened ??= this.open(text);
    await this.opened;
    if (text !== this.text) this.editor.replace(text);
  }

  async open(text) {
    this.text = text;
    const changed = (now) => {
      this.text = now;
      keep(this.page.name, this.name, now === this.stub ? null : now);
    };
    const label = `Your ${this.name}, in Python. Escape and then Tab leaves the editor.`;
    const parent = made("div", { className: "live-editor" });
    try {
      this.editor = (await this.page.editor()).edit(parent, text, label, changed);
    } catch {
      this.editor = field(parent, text, label, changed);
    }
    this.cell.hidden = true;
    this.place.prepend(parent);
    this.buttons.write.hidden = true;
    for (const name of ["check", "hint", "again"]) this.buttons[name].hidden = false;
    this.cost.textContent = this.page.worker
      ? ""
      : `The first check loads ${this.page.megabytes} MB from this site, once.`;
  }

  async again() {
    if (this.text !== this.stub && !confirm(`Put the empty ${this.name} in the place of yours?`)) {
      return;
    }
    this.editor.replace(this.stub);
    this.show();
    this.editor.focus();
  }

  /** The cells that the check needs: those above this one that run here, and this one. */
  async request() {
    const notebook = await this.page.released();
    const source = (cell) => (Array.isArray(cell.source) ? cell.source.join("") : cell.source);
    const setup = notebook.cells.find((cell) => cell.metadata.nbgrader?.grade_id === "setup");
    const all = this.page.exercises;
    const cells = all
      .slice(0, all.indexOf(this) + 1)
      .map((one) => [one.name, one.own() ?? one.stub]);
    return JSON.stringify({ setup: source(setup), cells });
  }

  async asking(says, act) {
    if (this.page.waiting) return;
    const others = this.page.exercises.flatMap((one) => [one.buttons.check, one.buttons.hint]);
    others.forEach((one) => (one.disabled = true));
    this.buttons.stop.hidden = false;
    this.show(made("p", {}, says));
    let data;
    try {
      data = await act();
    } catch (error) {
      data = { failed: error.message };
    }
    others.forEach((one) => (one.disabled = false));
    this.buttons.stop.hidden = true;
    this.cost.textContent = "";
    if (data === null) this.show(made("p", {}, "Stopped. The next check starts Python anew."));
    else if (data.failed) this.show(made("p", {}, `Python could not be started: ${data.failed}. Reload the page and try again, or download the notebook.`));
    else return data.found;
  }

  async check() {
    const says = this.page.worker ? "Checking …" : `Loading Python and the checks, ${this.page.megabytes} MB …`;
    const found = await this.asking(says, async () => this.page.ask("check", await this.request()));
    if (found) this.tell(found);
  }

  async hint() {
    const found = await this.asking("Looking for a hint …", () => this.page.ask("hint", this.name));
    if (!found) return;
    this.show(
      this.framed(
        "note",
        found,
        sentences(found.message),
        ...found.named.map((section) => made("p", {}, "You find ", this.link(section), ".")),
      ),
    );
  }

  /** Show what a check has found, and hide what the page had to show of a right version. */
  tell(found) {
    const right = found.status === "correct";
    const parts = [sentences(found.message)];
    if (found.read) parts.push(made("p", {}, "Read ", this.link(found.read), "."));
    parts.push(...found.notes.map(sentences));
    if (found.printed) parts.push(made("p", {}, "Printed:"), made("pre", {}, found.printed));
    if (found.case) parts.push(this.told(found.case));
    const after = this.place.nextElementSibling;
    if (!right && after?.matches(".cell")) {
      const says = "What the cells below show was made with a right version.";
      parts.push(made("p", { className: "live-cost" }, says));
    }
    this.show(this.framed(right ? "correct" : "wrong", found, ...parts));
    const output = after?.querySelector(".cell_output");
    if (output) output.hidden = true;
  }

  framed(kind, { title, label }, ...parts) {
    const head = made("p", {}, made("code", {}, title), ": ", made("strong", {}, label));
    return made("div", { className: `live-told autograder-check autograder-${kind}` }, head, ...parts);
  }

  told(one) {
    const head = ["", "name", "what it is", "beside what is right"];
    const row = (name, texts) => made("tr", {}, ...texts.map((text) => made(name, {}, text)));
    const table = made(
      "table",
      {},
      made("thead", {}, row("th", head)),
      made("tbody", {}, ...one.rows.map((texts) => row("td", texts))),
    );
    const numbers = one.numbers.map(([name, text]) => `${name} =\n${text}`).join("\n\n");
    const scrolled = made("div", { className: "live-table", tabIndex: 0 }, table);
    scrolled.setAttribute("role", "region");
    scrolled.setAttribute("aria-label", `The call with ${one.call}`);
    return made(
      "details",
      {},
      made("summary", {}, `A call that goes wrong, with its numbers: ${one.call}`),
      sentences(one.message),
      scrolled,
      made("pre", { tabIndex: 0 }, numbers),
    );
  }

  link({ title, page, place }) {
    const on = page ? ` on the page ‘${page}’` : "";
    if (!place) return `${title}${on}`;
    return made("span", {}, made("a", { href: this.page.at(place) }, title), on);
  }

  show(...parts) {
    this.found.replaceChildren(...parts);
  }
}

/** What stands in the place of an editor that could not be loaded. */
function field(parent, text, label, changed) {
  const area = made("textarea", { value: text, spellcheck: false, rows: text.split("\n").length + 4 });
  area.setAttribute("aria-label", label);
  area.oninput = () => changed(area.value);
  parent.append(area);
  return {
    focus: () => area.focus(),
    replace: (other) => {
      area.value = other;
      changed(other);
    },
  };
}
