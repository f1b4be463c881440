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
  // What was written in another tab, or since the browser has put this page aside.
  addEventListener("storage", () => page.takeOver());
  addEventListener("pageshow", ({ persisted }) => persisted && page.takeOver());
});

const LARGEST_NOTEBOOK = 20_000_000; // bytes

/** An element with what it contains. */
function made(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  Object.assign(element, attributes);
  element.append(...content);
  return element;
}

/** Sentences whose names between backticks are code. */
function sentences(text) {
  const parts = String(text).split(/`([^`]+)`/);
  return made("p", {}, ...parts.map((part, i) => (i % 2 ? made("code", {}, part) : part)));
}

function says(text) {
  return made("p", {}, text);
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

/** The source of a cell, or null where it is none. */
function sourceOf(cell) {
  const parts = Array.isArray(cell?.source) ? cell.source : [cell?.source];
  return parts.every((part) => typeof part === "string")
    ? parts.join("").replaceAll("\r\n", "\n").trimEnd()
    : null;
}

function counted(number, what) {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

/** What the exercises of a page share: the notebook, Python, and what is kept. */
class Page {
  constructor({ page, root, notebook, wheel, megabytes }) {
    Object.assign(this, { name: page, root: root || "./", megabytes });
    this.notebook = new URL(notebook, document.baseURI);
    this.wheel = new URL(wheel, document.baseURI).href;
    this.worker = null;
    this.asked = null; // what Python is asked now, as long as it has not answered
  }

  at(place) {
    return new URL(this.root + place, document.baseURI);
  }

  /** The notebook as it is released, fetched once. */
  async released() {
    this.fetched ??= fetch(this.notebook).then((response) => {
      if (!response.ok) throw new Error(`the notebook was answered with ${response.status}`);
      return response.text();
    });
    try {
      return JSON.parse(await this.fetched);
    } catch (error) {
      this.fetched = null; // the next try may be luckier
      throw error;
    }
  }

  async editor() {
    return import(this.at("live/editor.js"));
  }

  /** Ask Python for something; null where the reader has stopped it. */
  async ask(wanted, ofWhat) {
    const answer = new Promise((resolve) => (this.asked = { resolve }));
    const mine = this.asked;
    const asked = await ofWhat();
    if (this.asked === mine) {
      if (!this.worker) {
        this.worker = new Worker(this.at("live/worker.js"), { type: "module" });
        this.worker.onmessage = ({ data }) => this.answer(data);
        this.worker.onerror = () => this.answer({ failed: "its files could not be loaded" });
      }
      this.worker.postMessage({ wanted, asked, wheel: this.wheel });
    }
    return answer;
  }

  answer(data) {
    if (data?.failed) this.end();
    const asked = this.asked;
    this.asked = null;
    asked?.resolve(data);
  }

  end() {
    this.worker?.terminate();
    this.worker = null;
  }

  stop() {
    this.end();
    this.answer(null);
  }

  /** Show in the editors what was kept elsewhere, but not in the one that is written in. */
  takeOver() {
    for (const one of this.exercises) {
      const text = one.kept() ?? one.stub;
      if ((one.opened || one.kept() !== null) && text !== one.text && !one.isWrittenIn()) {
        one.write(text);
      }
    }
  }

  /** The buttons below the last exercise: take the work along, and bring it back. */
  keeping() {
    const told = made("p", { className: "live-says" });
    told.setAttribute("role", "status");
    const file = made("input", { type: "file", accept: ".ipynb", className: "live-file" });
    file.onchange = async () => {
      try {
        told.textContent = await this.bring(file.files[0]);
      } catch (error) {
        told.textContent = `The notebook could not be read: ${error.message}.`;
      } finally {
        file.value = "";
      }
    };
    const label = "Download the notebook with what I wrote here";
    const download = made("button", { type: "button" }, label);
    download.onclick = async () => {
      try {
        told.textContent = await this.take();
      } catch (error) {
        told.textContent = `The notebook could not be loaded: ${error.message}.`;
      }
    };
    const brings = made("label", { className: "live-bring" }, "Bring back what stands in a notebook: ", file);
    const what = "What you write is kept in this browser, by page and exercise, and goes nowhere else.";
    return made("div", { className: "live-keeping" }, says(what), download, brings, told);
  }

  /** Download the released notebook with the reader's cells in it; says how many those are. */
  async take() {
    const notebook = await this.released();
    let count = 0;
    for (const cell of notebook.cells) {
      const id = cell.metadata.nbgrader?.solution && cell.metadata.nbgrader.grade_id;
      const own = id ? this.own(id) : null;
      if (own !== null) {
        cell.source = own;
        count += 1;
      }
    }
    const content = new Blob([`${JSON.stringify(notebook, null, 1)}\n`], { type: "application/json" });
    const link = made("a", { href: URL.createObjectURL(content), download: `${this.name}.ipynb` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return `${counted(count, "cell")} of yours ${count === 1 ? "is" : "are"} in the notebook that was downloaded.`;
  }

  /** What the reader has written for an exercise of the assignment, on this page or not; or null. */
  own(name) {
    const here = this.exercises.find((one) => one.name === name);
    return here ? here.own() : kept(this.name, name);
  }

  /** Bring back the cells of a notebook; says how many there were. */
  async bring(file) {
    if (file.size > LARGEST_NOTEBOOK) return `${file.name} is larger than any notebook of this course.`;
    let cells;
    try {
      ({ cells } = JSON.parse(await file.text()));
    } catch {
      return `${file.name} could not be read as a notebook.`;
    }
    const stubs = new Map(
      (await this.released()).cells
        .filter((cell) => cell.metadata.nbgrader?.solution)
        .map((cell) => [cell.metadata.nbgrader.grade_id, sourceOf(cell)]),
    );
    const brought = new Map();
    for (const cell of Array.isArray(cells) ? cells : []) {
      const id = cell?.metadata?.nbgrader?.grade_id;
      const text = sourceOf(cell);
      if (stubs.has(id) && text !== null && text !== stubs.get(id)) brought.set(id, text);
    }
    if (!brought.size) return `${file.name} has no cell of this assignment with anything written in it.`;
    const replaced = [...brought].filter(([id, text]) => ![null, text].includes(this.own(id)));
    if (replaced.length) {
      const names = replaced.map(([id]) => id).join(", ");
      if (!confirm(`This replaces what you have written here: ${names}. Go on?`)) return "Nothing was changed.";
    }
    for (const [id, text] of brought) {
      keep(this.name, id, text);
      await this.exercises.find((one) => one.name === id)?.write(text);
    }
    const were = brought.size === 1 ? "was" : "were";
    return (
      `${counted(brought.size, "cell")} ${were} brought back. If the notebook is somebody else's, ` +
      "read it before you check it: a check runs it."
    );
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

/** Keep a text; false where the browser cannot. */
function keep(page, exercise, text) {
  try {
    if (text === null) localStorage.removeItem(key(page, exercise));
    else localStorage.setItem(key(page, exercise), text);
    return true;
  } catch {
    return false;
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
      one.onclick = () => one.getAttribute("aria-disabled") || act();
      return one;
    };
    this.buttons = {
      write: button("Write it here", () => this.write().then(() => this.editor.focus())),
      check: button("Check it here", () => this.check()),
      stop: button("Stop", () => {
        this.page.stop();
        this.buttons.check.focus();
      }),
      hint: button("Hint", () => this.hint()),
      again: button("Start over", () => this.again()),
    };
    for (const [name, one] of Object.entries(this.buttons)) {
      one.setAttribute("aria-label", `${one.textContent}: ${this.name}`);
      one.hidden = name !== "write";
    }
    this.buttons.check.classList.add("live-first");
    const cost = "Checked in your browser, with nothing to install.";
    this.cost = made("span", { className: "live-cost" }, cost);
    // The first sentences are announced, and what goes further is there to be read.
    this.status = made("div", {});
    this.status.setAttribute("role", "status");
    this.further = made("div", {});
    this.found = made("div", { className: "live-found" }, this.status, this.further);
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

  isWrittenIn() {
    return document.hasFocus() && this.place.contains(document.activeElement);
  }

  /** Put an editor in the place of the cell, with `text` or with what was kept. */
  async write(text = this.kept() ?? this.stub) {
    this.opened ??= this.open(text);
    await this.opened;
    if (text !== this.text) this.editor.replace(text);
  }

  async open(text) {
    this.text = text;
    const onPaper = made("pre", { className: "live-printed" }, text);
    const changed = (now) => {
      if (now === this.text) return;
      this.text = now;
      onPaper.textContent = now;
      this.found.classList.toggle("live-old", Boolean(this.status.firstChild));
      if (!keep(this.page.name, this.name, now === this.stub ? null : now)) {
        this.cost.textContent =
          "This browser keeps nothing now: download the notebook before you leave the page.";
      }
    };
    const label = `Your ${this.name}, in Python. Escape and then Tab leaves the editor.`;
    const parent = made("div", { className: "live-editor" });
    try {
      this.editor = (await this.page.editor()).edit(parent, text, label, changed);
    } catch {
      this.editor = field(parent, text, label, changed);
    }
    this.cell.hidden = true;
    this.place.prepend(parent, onPaper);
    this.buttons.write.hidden = true;
    for (const name of ["check", "hint", "again"]) this.buttons[name].hidden = false;
    this.cost.textContent = this.page.worker
      ? ""
      : `The first check loads ${this.page.megabytes} MB from this site, once.`;
  }

  again() {
    const question = `Put the empty ${this.name} in the place of yours?`;
    if (this.text !== this.stub && !confirm(question)) return;
    if (this.isAsking) this.page.stop();
    this.editor.replace(this.stub);
    this.show([]);
    this.outputs().forEach((output) => (output.hidden = false));
    this.editor.focus();
  }

  /** What the page itself shows of the check of a right version. */
  outputs() {
    const after = this.place.nextElementSibling;
    return after?.matches(".cell") ? [...after.querySelectorAll(".cell_output")] : [];
  }

  /** The cells that the check needs: those above this one that run here, and this one. */
  async request() {
    const notebook = await this.page.released();
    const setup = notebook.cells.find((cell) => cell.metadata.nbgrader?.grade_id === "setup");
    const all = this.page.exercises;
    const cells = all
      .slice(0, all.indexOf(this) + 1)
      .map((one) => [one.name, one.own() ?? one.stub]);
    return JSON.stringify({ setup: sourceOf(setup), cells });
  }

  /** Ask Python, and show what it answers by `tell`, or why there is no answer. */
  async asking(wanted, ofWhat, tell) {
    if (this.page.asked) return;
    const others = this.page.exercises.flatMap((one) => [one.buttons.check, one.buttons.hint]);
    others.forEach((one) => one.setAttribute("aria-disabled", "true"));
    this.isAsking = true;
    this.buttons.stop.hidden = false;
    const loads = `Loading Python and the checks, ${this.page.megabytes} MB …`;
    this.show([says(this.page.worker ? "Working …" : loads)]);
    const patience = setTimeout(() => {
      const slow = "Still working. If this cell or one above it does not end, press Stop.";
      this.show([says(slow)]);
    }, 60_000);
    try {
      const data = await this.page.ask(wanted, ofWhat);
      if (data === null) this.show([says("Stopped. The next check starts Python anew.")]);
      else if (data.failed) this.show([says(failure(data))]);
      else tell(data.found);
    } catch (error) {
      this.page.answer(null);
      this.show([says(`That did not work: ${error.message}. Try it once more.`)]);
    } finally {
      clearTimeout(patience);
      others.forEach((one) => one.removeAttribute("aria-disabled"));
      this.isAsking = false;
      this.buttons.stop.hidden = true;
      if (this.page.worker) this.page.exercises.forEach((one) => (one.cost.textContent = ""));
    }
  }

  check() {
    return this.asking("check", () => this.request(), (found) => this.tell(found));
  }

  hint() {
    return this.asking("hint", async () => this.name, (found) => {
      const named = found.named.map((section) => made("p", {}, "You find ", this.link(section), "."));
      this.show([sentences(found.message)], named, { kind: "note", ...found });
    });
  }

  /** Show what a check has found, and hide what the page had to show of a right version. */
  tell(found) {
    const right = found.status === "correct";
    const further = [];
    if (found.read) further.push(made("p", {}, "Read ", this.link(found.read), "."));
    further.push(...found.notes.map(sentences));
    if (found.printed) further.push(says("Printed:"), made("pre", { tabIndex: 0 }, found.printed));
    if (found.case) further.push(this.told(found.case));
    if (!right && this.outputs().length) {
      const below = "What the cells below show was made with a right version.";
      further.push(made("p", { className: "live-cost" }, below));
    }
    const kind = right ? "correct" : "wrong";
    this.show([sentences(found.message)], further, { kind, ...found });
    this.outputs().forEach((output) => (output.hidden = true));
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
    const printed = one.printed ? [says("Your function printed:"), made("pre", { tabIndex: 0 }, one.printed)] : [];
    return made(
      "details",
      {},
      made("summary", {}, `A call that goes wrong, with its numbers: ${one.call}`),
      sentences(one.message),
      scrolled,
      ...printed,
      made("pre", { tabIndex: 0 }, numbers),
    );
  }

  link({ title, page, place }) {
    const on = page ? ` on the page ‘${page}’` : "";
    if (!place) return `${title}${on}`;
    return made("span", {}, made("a", { href: this.page.at(place) }, title), on);
  }

  /** Show sentences, and what goes further; with a title where it is something that was found. */
  show(sentences, further = [], found = null) {
    const title = found
      ? [made("p", {}, made("code", {}, found.title), ": ", made("strong", {}, found.label))]
      : [];
    this.found.className = found
      ? `live-found live-told autograder-check autograder-${found.kind}`
      : "live-found";
    this.status.replaceChildren(...title, ...sentences);
    this.further.replaceChildren(...further);
  }
}

/** Why there is no answer: Python was never there, or the reader's code has ended it. */
function failure({ failed, started }) {
  return started
    ? `Python was ended by this cell, or by one above it (${failed}). The next check starts it anew.`
    : `Python could not be started: ${failed}. Reload the page and try again, or download the notebook.`;
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
