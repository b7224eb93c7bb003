// Lab 05's playground as the page shows it. The kernel trains and answers. This page draws the answers and asks for
// the next updates, never twice before an answer, so a stop takes effect after the current batch.

const FEATURE_ROW = 58; // pixels from one feature, or unit, to the next at most
const HEIGHT = 7 * FEATURE_ROW;
const HEAD = 64; // above the units: the names of the layers and their buttons
const UNIT = 42;
const PICTURE = 300; // the big picture's own coordinates
const SPEEDS = [[1, "1 update"], [5, "5 updates"], [20, "20 updates"], [100, "100 updates"], [500, "500 updates"]];
const SILENCE = 3000; // milliseconds without an answer after which the page says that it waits
const CALM = 500; // milliseconds between two pictures where reduced motion is asked for

// Okabe and Ito's blue and orange, paler towards the middle; 0 is −1, 128 is 0, 255 is +1.
const SHADES = Array.from({ length: 256 }, (_, byte) => {
  const t = Math.max(-1, (byte - 128) / 127);
  const far = t < 0 ? [0, 114, 178] : [230, 159, 0];
  const much = 0.8 * Math.abs(t) ** 0.8;
  return far.map((value, i) => Math.round(much * value + (1 - much) * [252, 252, 250][i]));
});

/** Make an element; `on…` attributes are listeners, `text` its text. */
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "path", "g", "text", "circle", "rect", "line"].includes(tag);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Write a number with at most `digits` significant digits and a true minus sign. */
function written(value, digits = 3) {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const [mantissa, exponent] = value && Math.abs(value) < 1e-4 ? value.toExponential(digits - 1).split("e") : [value];
  const text = String(Number(Number(mantissa).toPrecision(digits))).replace("-", "−");
  return exponent ? `${text}e${exponent}` : text;
}

const several = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const floats = (view) => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

/** Paint side × side bytes onto a canvas of as many pixels. */
function paint(canvas, side, values) {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  for (let i = 0; i < values.length; i++) {
    const [red, green, blue] = SHADES[values[i]];
    image.data[4 * i] = red;
    image.data[4 * i + 1] = green;
    image.data[4 * i + 2] = blue;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** The logit of p, straighter than p itself where p jumps from 0 to 1. */
function logit(p) {
  const kept = Math.min(1 - 1e-6, Math.max(1e-6, p));
  return Math.log(kept / (1 - kept));
}

/** Follow the line where p passes ½ (marching squares); the path is in the picture's coordinates. */
function boundary(values, side) {
  const scale = PICTURE / side;
  const parts = [];
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const corner = row * side + column;
      const v = [values[corner], values[corner + 1], values[corner + side + 1], values[corner + side]];
      const above = v.map((value) => value >= 0.5);
      if (above.every((one) => one === above[0])) continue;
      const at = [[0, 0], [1, 0], [1, 1], [0, 1]];
      const crossings = [];
      for (let i = 0; i < 4; i++) {
        const j = (i + 1) % 4;
        if (above[i] === above[j]) continue;
        const share = logit(v[i]) / (logit(v[i]) - logit(v[j]));
        const x = column + 0.5 + at[i][0] + share * (at[j][0] - at[i][0]);
        const y = row + 0.5 + at[i][1] + share * (at[j][1] - at[i][1]);
        crossings.push(`${(x * scale).toFixed(1)} ${(y * scale).toFixed(1)}`);
      }
      for (let i = 0; i + 1 < crossings.length; i += 2) parts.push(`M${crossings[i]}L${crossings[i + 1]}`);
    }
  }
  return parts.join("");
}

/** Write a table as every table of the workbook is written: caption, headings with scopes. */
function table(caption, columns, rows) {
  const head = make("tr", {}, ...columns.map((text) => make("th", { scope: "col", text })));
  const body = rows.map(([first, ...cells]) =>
    make("tr", {}, make("th", { scope: "row", text: first }), ...cells.map((text) => make("td", { text }))));
  return make("table", {}, make("caption", { text: caption }), make("thead", {}, head), make("tbody", {}, ...body));
}

class Page {
  constructor(model, el) {
    this.model = model;
    this.name = Math.random().toString(36).slice(2); // tells this view's questions from another view's
    this.asked = 0;
    this.waiting = null; // the name of the question under way
    this.queue = [];
    this.playing = this.following = this.closed = false;
    this.fields = {};
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.hear = this.hear.bind(this);
    model.on("msg:custom", this.hear);
    this.build(el);
    this.release = keepKeys(this.root);
    this.watcher = new ResizeObserver(() => this.layOut());
    this.watcher.observe(this.net);
    this.ask({ do: "hello" });
  }

  close() {
    this.closed = true;
    this.halt();
    clearTimeout(this.alarm);
    clearTimeout(this.resting);
    cancelAnimationFrame(this.frame);
    this.watcher.disconnect();
    this.model.off("msg:custom", this.hear);
    this.release();
  }

  // ---------------------------------------------------------------- questions and answers

  /** Ask for something; of several waiting changes of one setting only the last is asked for. */
  ask(question) {
    if (question.do === "set") this.queue = this.queue.filter((q) => q.do !== "set" || q.name !== question.name);
    this.queue.push(question);
    this.next();
  }

  /** Send what comes next, if nothing is under way. */
  next() {
    if (this.closed || this.waiting !== null) return;
    let question = this.queue.shift();
    if (!question && this.following) question = { do: "catch_up" };
    if (!question && this.playing) question = { do: "step", n: Number(this.speed.value) };
    if (!question) return;
    this.waiting = `${this.name}-${++this.asked}`;
    this.alarm = setTimeout(() => this.say(
      "No answer from the kernel for three seconds. It may be busy. If it was restarted, run this cell again.", true),
      SILENCE);
    this.model.send({ ...question, asked: this.waiting });
  }

  hear(content, buffers) {
    const mine = content.asked !== null && content.asked === this.waiting;
    if (mine) {
      this.waiting = null;
      clearTimeout(this.alarm);
    }
    if (content.setup) this.setUp(content.setup, buffers.slice(4, 7));
    this.now = {
      ...content,
      p: floats(buffers[0]), units: bytes(buffers[1]), theta: floats(buffers[2]), curve: floats(buffers[3]),
    };
    this.now.shades = Uint8Array.from(this.now.p, (p) => (Number.isNaN(p) ? 128 : Math.round(1 + 254 * p)));
    const problem = content.error || content.failed;
    if (problem || content.diverged) this.halt();
    if (this.following && content.behind === 0) this.halt();
    if (mine && content.setup && this.restoring) {
      this.restoring = false;
      this.edited = Boolean(content.error); // a string that cannot be read stays there, to be corrected
      if (content.behind > 0 && !problem) this.follow();
    }
    // The kernel works on the next updates while these are drawn, but never more than one picture ahead.
    if (!this.frame) {
      this.frame = requestAnimationFrame((time) => this.show(time));
      this.goOn();
    }
  }

  show(time) {
    this.frame = null;
    this.goOn();
    this.draw(time);
    this.root.dataset.pictures = Number(this.root.dataset.pictures ?? 0) + 1;
  }

  /** Ask for what comes next, later where reduced motion is asked for. */
  goOn() {
    if (!this.calm.matches || !this.playing || this.queue.length) this.next();
    else if (!this.resting) {
      this.resting = setTimeout(() => {
        this.resting = null;
        this.next();
      }, CALM);
    }
  }

  play() {
    this.playing = true;
    this.say("Training. Space or Enter on Pause stops it.");
    this.mark();
    this.next();
  }

  follow() {
    this.following = true;
    this.say(`Repeating ${this.now.behind} updates.`);
    this.mark();
  }

  halt() {
    this.playing = this.following = false;
    if (this.root) this.mark();
  }

  /** Stop, and show the status when the current batch is done. */
  pause() {
    this.halt();
    if (this.now) this.say(this.now.status);
  }

  /** Show on the button what it does next. */
  mark() {
    const running = this.playing || this.following;
    this.playButton.textContent = running ? "❚❚ Pause" : "▶ Play";
    this.playButton.classList.toggle("running", running);
  }

  say(text, trouble = false) {
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle("trouble", trouble);
  }

  // ---------------------------------------------------------------- the elements of the page

  build(el) {
    const button = (text, title, onclick, name) =>
      make("button", { type: "button", class: name ?? "", text, title, onclick });
    this.playButton = button("▶ Play", "Train until you press it again", () =>
      this.playing || this.following ? this.pause() : this.play(), "primary");
    this.speed = make("select", {}, ...SPEEDS.map(([value, text]) => make("option", { value, text })));
    this.speed.value = "20";
    this.counter = make("span", { class: "counter" });
    const bar = make("div", { class: "bar", role: "group", "aria-label": "Training" },
      this.playButton,
      button("One update", "Train on one mini-batch", () => this.ask({ do: "step", n: 1 })),
      button("One epoch", "Train on every example once", () => this.ask({ do: "epoch" })),
      button("Reset", "Draw the initial weights again and start over", () => {
        this.halt();
        this.ask({ do: "reset" });
      }),
      make("label", { class: "inline" }, "a picture every ", this.speed),
      this.counter);
    this.whose = make("p", { class: "whose" });
    this.status = make("p", { class: "status", role: "status" });
    this.settings = make("div", { class: "settings", role: "group", "aria-label": "Settings" });
    this.net = make("div", { class: "net", role: "group", "aria-label": "The network" });
    this.readout = make("p", { class: "readout" });
    this.tables = make("details", { class: "tables", ontoggle: () => this.now && this.fillTables(true) },
      make("summary", { text: "All numbers as tables" }));
    this.tablesBody = make("div");
    this.tables.append(this.tablesBody);
    this.root = make("div", { class: "course-playground jupyter-widgets" },
      make("p", { class: "title", text: "Playground" }), this.whose, bar, this.status, this.settings,
      make("div", { class: "stage" }, make("div", { class: "left" }, this.net, this.readout), this.buildOutput()),
      this.buildState(), this.tables);
    el.replaceChildren(this.root);
  }

  buildOutput() {
    this.pictureTitle = make("p", { class: "heading" });
    this.picture = make("canvas", { class: "picture" });
    this.line = make("path", { class: "boundary" });
    this.halo = make("path", { class: "halo" });
    this.points = make("g");
    this.cover = make("svg", {
      viewBox: `0 0 ${PICTURE} ${PICTURE}`, class: "cover", role: "img",
      onpointermove: (event) => this.probe(event), onpointerleave: () => this.read(null),
    }, this.halo, this.line, this.points);
    this.ends = [make("span"), make("span", { class: "middle", text: "x₁ →, x₂ ↑" }), make("span")];
    this.showTest = make("input", { type: "checkbox", onchange: () => this.drawPoints() });
    const key = make("p", { class: "key" },
      make("span", { class: "square" }), "y = 0 ", make("span", { class: "disc" }), "y = 1 ",
      make("span", { class: "stroke" }), "p = ½ ",
      this.testLabel = make("label", { class: "inline" }, this.showTest, " test points (hollow)"));
    this.train = make("path", { class: "train" });
    this.test = make("path", { class: "test" });
    this.marks = make("g", { class: "marks" });
    this.curves = make("svg", { viewBox: "0 0 300 116", class: "curves", role: "img" },
      make("path", { class: "axis", d: "M34 6V96H296" }), this.marks, this.test, this.train);
    this.scores = make("p", { class: "scores" });
    return make("div", { class: "right" }, this.pictureTitle,
      make("div", { class: "frame" }, this.picture, this.cover),
      make("div", { class: "ends" }, ...this.ends), key,
      make("p", { class: "heading", text: "Loss over the epochs" }), this.curves, this.scores);
  }

  buildState() {
    const restore = () => {
      this.halt();
      this.restoring = true;
      this.ask({ do: "restore", state: this.state.value });
    };
    this.state = make("input", {
      type: "text", spellcheck: "false", autocomplete: "off", oninput: () => { this.edited = true; },
      onkeydown: (event) => event.key === "Enter" && restore(),
    });
    const copy = async () => {
      this.state.select();
      try {
        await navigator.clipboard.writeText(this.state.value);
        this.say("The state string is copied.");
      } catch {
        this.say("This browser does not let a page copy. The string is selected: press Ctrl+C.", true);
      }
    };
    this.stateRow = make("div", { class: "state" },
      make("label", {}, "State string: the whole experiment in one line", this.state),
      make("button", { type: "button", text: "Copy", onclick: copy }),
      make("button", { type: "button", text: "Restore", title: "Repeat the experiment in the string", onclick: restore }));
    return this.stateRow;
  }

  // ---------------------------------------------------------------- settings

  setUp(setup, [X, y, thumbnails]) {
    this.setup = setup;
    this.X = floats(X);
    this.y = bytes(y);
    this.thumbnails = bytes(thumbnails);
    this.whose.textContent = `It runs ${setup.whose}.` +
      (setup.students ? " The small pictures of the hidden units are the library's." : "");
    this.stateRow.hidden = setup.hide.includes("state");
    for (const control of setup.controls) this.setControl(control);
    this.ends[0].textContent = written(setup.box[0]);
    this.ends[2].textContent = written(setup.box[1]);
    this.testLabel.hidden = setup.split === this.y.length;
    this.sizes = [setup.features.filter(([, , on]) => on).length, ...setup.layers, 1];
    const shape = JSON.stringify([setup.features, setup.layers, setup.box]);
    if (this.shape !== shape) this.buildNet(); // a slider that is being dragged must not wait for it
    this.shape = shape;
    this.drawPoints();
  }

  set(name, value) {
    this.ask({ do: "set", name, value });
  }

  /** Make a control the first time, then keep it up to date. */
  setControl(control) {
    const field = this.fields[control.name] ??= this.makeControl(control);
    field.input.disabled = Boolean(control.off);
    field.why.textContent = control.off;
    if (control.kind === "select" && field.input.length !== control.options.length) {
      field.input.replaceChildren(...control.options.map(([value, text]) => make("option", { value, text })));
    }
    if (document.activeElement !== field.input || control.kind !== "range") field.input.value = control.value;
    if (field.shown) field.shown.textContent = written(control.value);
  }

  makeControl({ name, label, kind, options, min, max, step, value }) {
    const why = make("small", { id: `${this.name}-${name}` });
    const send = (input) => this.set(name, kind === "select" && typeof value === "string" ? input.value : Number(input.value));
    const shown = kind === "range" ? make("span", { class: "value" }) : null;
    const input = kind === "select"
      ? make("select", { onchange: () => send(input) }, ...options.map(([v, text]) => make("option", { value: v, text })))
      : make("input", { type: kind, min, max, step, onchange: () => send(input), oninput: () => {
        if (shown) shown.textContent = written(Number(input.value));
        if (kind === "range") send(input);
      } });
    input.setAttribute("aria-describedby", why.id);
    input.dataset.setting = name;
    const head = make("span", { class: "label" }, label, shown ?? "");
    this.settings.append(make("label", { class: `control ${kind}` }, head, input, why));
    return { input, why, shown };
  }

  // ---------------------------------------------------------------- the network

  /** Make features, units, edges and the buttons above them; `layOut` puts them in their places. */
  buildNet() {
    const focused = this.net.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.edges = make("svg", { class: "edges", "aria-hidden": "true" });
    this.net.replaceChildren(this.edges);
    this.buildFeatures();
    this.buildHeads();
    this.unitsByLayer = this.sizes.slice(1).map((count, layer) =>
      Array.from({ length: count }, (_, index) => this.makeUnit(layer, index)));
    this.sources = [this.featureBoxes.filter((box) => box.on), ...this.unitsByLayer];
    this.buildEdges();
    this.rove(this.unitsByLayer[0][0]);
    this.layOut();
    if (focused) this.net.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  buildFeatures() {
    const fixed = this.setup.hide.includes("features");
    const size = (this.setup.side / 2) ** 2;
    this.featureBoxes = this.setup.features.map(([name, text, on], i) => {
      const canvas = make("canvas");
      paint(canvas, this.setup.side / 2, this.thumbnails.subarray(i * size, (i + 1) * size));
      const input = make("input", { type: "checkbox", "data-key": `feature ${name}`, onchange: () => this.choose() });
      input.checked = on;
      const element = make("label", { class: on ? "feature on" : "feature" }, fixed ? null : input,
        make("span", { text }), canvas);
      element.hidden = fixed && !on;
      this.net.append(element);
      return { name, text, on, input, element, label: text };
    });
  }

  /** Take the features that are ticked; the last one stays. */
  choose() {
    const chosen = this.featureBoxes.filter((box) => box.input.checked).map((box) => box.name);
    if (chosen.length) this.set("features", chosen);
    else {
      for (const box of this.featureBoxes) box.input.checked = box.on;
      this.say("The network needs at least one feature: tick another one first.", true);
    }
  }

  buildHeads() {
    const { layers, most, hide, students } = this.setup;
    const fixed = hide.includes("layers");
    const pair = (key, what, value, low, high, set) => {
      const press = (by, sign, text) => make("button", {
        type: "button", text: sign, "data-key": `${key} ${sign}`, "aria-label": text, title: text,
        disabled: by < 0 ? value <= low : value >= high, onclick: () => set(value + by),
      });
      return [press(-1, "−", `one ${what} fewer`), make("span", { text: String(value) }), press(1, "+", `one ${what} more`)];
    };
    const some = (n) => (n > layers.length ? [...layers, layers.at(-1) ?? 4] : layers.slice(0, n));
    const counter = fixed || students ? [] : pair("layers", "hidden layer", layers.length, 0, most[0],
      (n) => this.set("layers", some(n)));
    this.heads = [make("div", { class: "head first" }, make("span", { text: "features" }))];
    this.layerCounter = make("div", { class: "count" }, fixed || students ? several(layers.length, "hidden layer") + (students ? ": your code has one" : "") : "hidden layers", ...counter);
    this.net.append(this.layerCounter);
    layers.forEach((units, layer) => this.heads.push(make("div", { class: "head" },
      make("span", { text: `hidden ${layer + 1}` }),
      make("div", { class: "pair" }, ...(fixed ? [] : pair(`hidden ${layer}`, `unit in hidden layer ${layer + 1}`, units, 1,
        most[1], (n) => this.set("layers", layers.with(layer, n))))))));
    this.heads.push(make("div", { class: "head" }, make("span", { text: "output" })));
    this.net.append(...this.heads);
  }

  makeUnit(layer, index) {
    const output = layer === this.sizes.length - 2;
    const label = output ? "output p" : `hidden ${layer + 1}, unit ${index + 1}`;
    const canvas = make("canvas");
    const unit = { layer, index, output, label, canvas };
    unit.element = make("button", {
      type: "button", class: output ? "unit output" : "unit", tabindex: "-1", "data-key": `unit ${layer} ${index}`,
      "aria-label": label, onfocus: () => this.read(unit), onblur: () => this.read(null),
      onpointerenter: () => this.read(unit), onpointerleave: () => this.read(null),
      onkeydown: (event) => this.walk(event, unit),
    }, canvas);
    this.net.append(unit.element);
    return unit;
  }

  buildEdges() {
    this.wires = [];
    this.labels = make("g");
    this.unitsByLayer.forEach((units, layer) => units.forEach((unit) => {
      this.sources[layer].forEach((source, i) => {
        const path = make("path", { class: "wire" });
        const wire = { layer, i, source, unit, path, value: 0 };
        wire.hit = make("path", { class: "hit", onpointerenter: () => this.readWire(wire), onpointerleave: () => this.read(null) });
        this.wires.push(wire);
        this.edges.append(path, wire.hit);
      });
    }));
    this.edges.append(this.labels);
  }

  /** Leave one unit in the tab order; the arrow keys go to the others. */
  rove(unit) {
    for (const other of this.unitsByLayer.flat()) other.element.tabIndex = -1;
    unit.element.tabIndex = 0;
  }

  walk(event, { layer, index }) {
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    const units = this.unitsByLayer[layer + across];
    if (!(across || down) || !units) return;
    event.preventDefault();
    const unit = units[Math.min(units.length - 1, Math.max(0, index + down))];
    this.rove(unit);
    unit.element.focus();
  }

  /** Place everything for the width that there is. */
  layOut() {
    if (!this.setup || !this.net.clientWidth) return;
    const columns = this.sizes.length - 1;
    const first = 76, last = Math.max(this.net.clientWidth - 38, first + 84 * columns);
    const x = (layer) => first + ((last - first) * (layer + 1)) / columns;
    const shown = this.featureBoxes.filter((box) => !box.element.hidden);
    const rows = (n) => Array.from({ length: n }, (_, k) => HEAD + HEIGHT / 2 + (k - (n - 1) / 2) * Math.min(FEATURE_ROW, HEIGHT / n));
    const place = (element, left, top) => Object.assign(element.style, { left: `${left}px`, top: `${top}px` });
    rows(shown.length).forEach((y, k) => {
      Object.assign(shown[k], { x: 98, y });
      place(shown[k].element, 0, y - UNIT / 2);
    });
    this.unitsByLayer.forEach((units, layer) => rows(units.length).forEach((y, k) => {
      Object.assign(units[k], { x: x(layer), y });
      place(units[k].element, x(layer) - UNIT / 2, y - UNIT / 2);
    }));
    this.heads.forEach((head, k) => place(head, k === 0 ? 0 : x(k - 1) - 38, 22));
    place(this.layerCounter, 0, 0);
    this.edges.setAttribute("width", last + 38);
    this.edges.setAttribute("height", HEAD + HEIGHT);
    for (const wire of this.wires) {
      const from = wire.source.x + (wire.layer ? UNIT / 2 : 0), to = wire.unit.x - UNIT / 2;
      const bend = (to - from) * 0.45;
      wire.d = `M${from} ${wire.source.y}C${from + bend} ${wire.source.y} ${to - bend} ${wire.unit.y} ${to} ${wire.unit.y}`;
      wire.path.setAttribute("d", wire.d);
      wire.hit.setAttribute("d", wire.d);
    }
    if (this.now) this.drawWires();
  }

  // ---------------------------------------------------------------- drawing

  draw(time) {
    const { now } = this;
    this.counter.textContent = `Epoch ${now.epochs} · update ${now.updates}`;
    this.unpack();
    this.drawWires();
    const size = (this.setup.side / 2) ** 2;
    let k = 0;
    for (const unit of this.unitsByLayer.flat()) {
      unit.values = unit.output ? now.shades : now.units.subarray(k * size, ++k * size);
      if (unit.values.length) paint(unit.canvas, unit.output ? this.setup.side : this.setup.side / 2, unit.values);
    }
    this.drawPicture();
    this.drawCurves();
    this.fillTables(false, time);
    if (!this.edited) this.state.value = now.state;
    const problem = now.error || now.failed;
    if (problem) this.say(problem, true);
    else if (!this.playing && !this.following) this.say(now.status, now.diverged);
  }

  /** Give every edge and unit its number from θ: W and b of each layer in turn. */
  unpack() {
    const { theta } = this.now;
    let start = 0;
    this.layerStart = this.sizes.slice(1).map((out, layer) => {
      const here = start;
      start += (this.sizes[layer] + 1) * out;
      return here;
    });
    for (const wire of this.wires) {
      wire.value = theta[this.layerStart[wire.layer] + wire.i * this.sizes[wire.layer + 1] + wire.unit.index];
    }
    for (const unit of this.unitsByLayer.flat()) {
      const out = this.sizes[unit.layer + 1];
      unit.bias = theta[this.layerStart[unit.layer] + this.sizes[unit.layer] * out + unit.index];
    }
  }

  drawWires() {
    for (const wire of this.wires) {
      const width = (0.7 + 7 * (1 - Math.exp(-Math.abs(wire.value) / 2))).toFixed(1);
      const kind = `wire${wire.value < 0 ? " negative" : ""}${this.shown && this.shown !== wire.unit ? " faded" : ""}`;
      if (wire.width !== width) wire.path.setAttribute("stroke-width", wire.width = width);
      if (wire.kind !== kind) wire.path.setAttribute("class", wire.kind = kind);
    }
    this.drawLabels();
  }

  /** Write the weights into the unit in view where their edges begin: there they do not overlap. */
  drawLabels() {
    const wires = this.shown ? this.wires.filter((wire) => wire.unit === this.shown) : [];
    this.labels.replaceChildren(...wires.map(({ path, value }) => {
      const at = path.getPointAtLength(0.3 * path.getTotalLength());
      return make("text", { x: at.x, y: at.y, text: written(value) });
    }));
    if (this.shown) {
      this.readout.textContent = `${this.shown.label}: bias ${written(this.shown.bias)}; weights, from top to bottom, ` +
        wires.map(({ value }) => written(value)).join(", ");
    }
    else if (!this.wireInView) {
      this.readout.textContent = "Solid orange: positive; dashed blue: negative; width: size. Point at a line or a unit, " +
        "or go to the units with Tab and the arrow keys, to read the numbers.";
    }
  }

  spoken(unit) {
    const from = this.wires.filter((wire) => wire.unit === unit).map((wire) => `${written(wire.value)} from ${wire.source.label}`);
    return `${unit.label}: bias ${written(unit.bias)}; weights ${from.join(", ")}`;
  }

  /** Bring a unit into view, or the output again. */
  read(unit) {
    this.shown = unit;
    this.wireInView = null;
    if (!this.now) return;
    if (unit) unit.element.setAttribute("aria-label", this.spoken(unit));
    this.drawWires();
    this.drawPicture();
  }

  readWire(wire) {
    this.wireInView = wire;
    this.readout.textContent = `${wire.source.label} → ${wire.unit.label}: ${written(wire.value, 4)}`;
  }

  probe(event) {
    const box = this.cover.getBoundingClientRect();
    const [low, high] = this.setup.box, { side } = this.setup;
    const across = (event.clientX - box.left) / box.width, down = (event.clientY - box.top) / box.height;
    const pixel = Math.min(side - 1, Math.floor(down * side)) * side + Math.min(side - 1, Math.floor(across * side));
    const at = [low + across * (high - low), high - down * (high - low)].map((value) => written(value, 2)).join(", ");
    this.readout.textContent = `At (${at}): p = ${this.probability(pixel)}`;
  }

  probability(pixel) {
    return written(this.now.p[pixel], 2);
  }

  drawPicture() {
    const { p } = this.now, { side } = this.setup;
    const unit = this.shown && !this.shown.output ? this.shown : null;
    if (unit?.values.length) paint(this.picture, side / 2, unit.values);
    else paint(this.picture, side, this.now.shades);
    this.pictureTitle.textContent = unit ? `${unit.label}: −${this.now.scales[unit.layer]} to ${this.now.scales[unit.layer]}`
      : "What the network says: p from 0 to 1";
    const d = unit ? "" : boundary(p, side);
    this.line.setAttribute("d", d);
    this.halo.setAttribute("d", d);
    this.cover.setAttribute("aria-label", `The plane with ${this.y.length} points. ${this.now.status ?? ""} ` +
      "The table below gives p on a grid.");
  }

  drawPoints() {
    const [low, high] = this.setup.box;
    const place = (value) => ((value - low) / (high - low)) * PICTURE;
    const size = this.y.length > 20 ? 4 : 7; // four corners may be large
    const marks = [];
    this.y.forEach((label, i) => {
      const test = i >= this.setup.split;
      if (test && !this.showTest.checked) return;
      const x = place(this.X[2 * i]), y = PICTURE - place(this.X[2 * i + 1]);
      const look = { class: `point y${label}${test ? " hollow" : ""}` };
      marks.push(label ? make("circle", { ...look, cx: x, cy: y, r: size })
        : make("rect", { ...look, x: x - size + 0.5, y: y - size + 0.5, width: 2 * size - 1, height: 2 * size - 1 }));
    });
    this.points.replaceChildren(...marks);
  }

  drawCurves() {
    const { curve, scores, epochs, status } = this.now;
    const n = curve.length / 3;
    const high = Math.max(0.1, ...curve.filter((value, i) => i % 3 && Number.isFinite(value)));
    const x = (epoch) => 34 + (262 * epoch) / Math.max(1, epochs), y = (loss) => 96 - (86 * loss) / high;
    const path = (column) => {
      let d = "";
      for (let i = 0; i < n; i++) {
        const loss = curve[3 * i + column];
        if (Number.isFinite(loss)) d += `${d ? "L" : "M"}${x(curve[3 * i]).toFixed(1)} ${y(loss).toFixed(1)}`;
      }
      return d;
    };
    this.train.setAttribute("d", path(1));
    this.test.setAttribute("d", path(2));
    const text = (left, top, words, anchor) => make("text", { x: left, y: top, "text-anchor": anchor, text: words });
    this.marks.replaceChildren(text(30, 14, written(high, 2), "end"), text(30, 98, "0", "end"),
      text(34, 111, "0", "middle"), text(296, 111, several(epochs, "epoch"), "end"));
    this.curves.setAttribute("aria-label", `Training and test loss over ${several(epochs, "epoch")}. ${status ?? ""}`);
    const share = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);
    const row = (kind, name, loss, accuracy) => make("span", {}, make("span", { class: `sample ${kind}` }),
      `${name}: loss ${loss === null ? "–" : loss.toFixed(4)}, ${share(accuracy)} right`);
    this.scores.replaceChildren(row("train", "training", scores.train_loss, scores.train_accuracy),
      ...(this.setup.split === this.y.length ? [] : [row("test", "test", scores.test_loss, scores.test_accuracy)]));
  }

  // ---------------------------------------------------------------- the same numbers as tables

  /** Write the tables when they are open: at once, or four times a second while training. */
  fillTables(must, time = 0) {
    if (!this.tables.open || (!must && (this.playing || this.following) && time - (this.tabled ?? 0) < 250)) return;
    this.tabled = time;
    this.tablesBody.replaceChildren(this.standing(), ...this.weightTables(), this.planeTable(), this.curveTable());
  }

  standing() {
    const { epochs, updates, scores, norms } = this.now;
    const share = (value) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);
    const rows = [["epochs", String(epochs)], ["updates", String(updates)],
      ["training loss", written(scores.train_loss, 4)], ["training accuracy", share(scores.train_accuracy)],
      ["test loss", written(scores.test_loss, 4)], ["test accuracy", share(scores.test_accuracy)],
      ...norms.map((norm, k) => [`gradient norm, ${k + 1 < norms.length ? `hidden layer ${k + 1}` : "output"}`, norm])];
    return table("The state now", ["what", "value"], rows);
  }

  weightTables() {
    return this.unitsByLayer.map((units, layer) => {
      const rows = this.sources[layer].map((source, i) => [source.label,
        ...this.wires.filter((wire) => wire.layer === layer && wire.i === i).map((wire) => written(wire.value, 4))]);
      const name = units[0].output ? "Weights of the output" : `Weights of hidden layer ${layer + 1}`;
      return table(name, ["from", ...units.map((unit) => unit.label)],
        [...rows, ["bias", ...units.map((unit) => written(unit.bias, 4))]]);
    });
  }

  planeTable() {
    const { box: [low, high], side } = this.setup;
    const places = [0.1, 0.3, 0.5, 0.7, 0.9];
    const value = (share) => written(low + share * (high - low), 2);
    const rows = places.map((down) => [`x₂ = ${value(1 - down)}`,
      ...places.map((across) => this.probability(Math.floor(down * side) * side + Math.floor(across * side)))]);
    return table("p over the plane", ["p at", ...places.map((across) => `x₁ = ${value(across)}`)], rows);
  }

  curveTable() {
    const { curve } = this.now;
    const n = curve.length / 3, count = Math.min(n, 9);
    const rows = Array.from({ length: count }, (_, k) => {
      const i = 3 * Math.round((k * (n - 1)) / Math.max(1, count - 1));
      return [written(curve[i]), written(curve[i + 1], 4), written(curve[i + 2], 4)];
    });
    return table("Loss over the epochs", ["epoch", "training", "test"], rows);
  }
}

export default {
  render({ model, el }) {
    const page = new Page(model, el);
    return () => page.close();
  },
};
