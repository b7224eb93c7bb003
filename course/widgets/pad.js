// Lab 13's digit pad. The page collects ink on 28 × 28 pixels and sends them; the kernel answers with what it reads.

const SIDE = 28;
const SCALE = 10;
const PAUSE = 60; // milliseconds between two drawings sent while the pen is down

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

/** Fill a canvas with grey values from 0 (paper) to 1 (ink). */
function paint(canvas, rows, scale) {
  canvas.width = rows[0].length * scale;
  canvas.height = rows.length * scale;
  const context = canvas.getContext("2d");
  rows.forEach((row, i) =>
    row.forEach((ink, j) => {
      const [red, green, blue] = [252 - 221 * ink, 252 - 213 * ink, 250 - 199 * ink];
      context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
      context.fillRect(j * scale, i * scale, scale, scale);
    }),
  );
}

class Pad {
  constructor(model, element) {
    this.model = model;
    this.ink = new Float32Array(SIDE * SIDE);
    this.pen = { x: SIDE / 2, y: SIDE / 2, down: false, shown: false };
    this.waiting = null;
    this.canvas = make("canvas", {
      tabindex: 0,
      role: "application",
      "aria-label": "Drawing pad. Arrow keys move the pen, the space bar lowers and lifts it, Delete clears.",
    });
    this.clear = make("button", { type: "button", text: "Clear", onclick: () => this.wipe() });
    this.status = make("p", { class: "status", role: "status" });
    this.seen = make("canvas", { class: "seen", role: "img", "aria-label": "The drawing as the network gets it" });
    this.body = make("tbody");
    const head = make("tr", {}, ...["digit", "how sure, with its spread", "mean", "spread"].map((text) => make("th", { scope: "col", text })));
    const table = make("table", {}, make("thead", {}, head), this.body);
    const left = make("div", {}, this.canvas, make("p", { class: "hint", text: "Draw with mouse, finger or pen; by keyboard: arrows, space, Delete." }), this.clear);
    const right = make("div", { class: "reading" }, this.status, make("div", { class: "beside" }, this.seen, table));
    element.classList.add("course-pad");
    element.append(make("p", { class: "title", text: "Draw a digit" }), make("div", { class: "row" }, left, right));
    this.canvas.addEventListener("pointerdown", (event) => this.start(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => this.lift());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.release = keepKeys(element);
    this.answered = () => this.show();
    model.on("change:reading", this.answered);
    this.read();
    this.draw();
    this.show();
  }

  /** Restore what was drawn before the page was reloaded. */
  read() {
    const pixels = this.model.get("pixels");
    for (let i = 0; i < this.ink.length && pixels && i < pixels.byteLength; i++) {
      this.ink[i] = (pixels.getUint8 ? pixels.getUint8(i) : pixels[i]) / 255;
    }
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  start(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus();
    [this.pen.x, this.pen.y] = this.at(event);
    this.pen.down = true;
    this.pen.shown = false;
    this.line(this.pen.x, this.pen.y);
    event.preventDefault();
  }

  move(event) {
    if (this.pen.down && event.buttons) this.line(...this.at(event));
  }

  lift() {
    this.pen.down = false;
    this.send(true);
  }

  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) {
      const clip = (value) => Math.min(SIDE - 1, Math.max(1, value));
      const [x, y] = [clip(this.pen.x + step[0]), clip(this.pen.y + step[1])];
      this.pen.shown = true;
      if (this.pen.down) this.line(x, y);
      [this.pen.x, this.pen.y] = [x, y];
    } else if (event.key === " ") {
      this.pen.down = !this.pen.down;
      this.pen.shown = true;
      if (this.pen.down) this.line(this.pen.x, this.pen.y);
      else this.send(true);
    } else if (event.key === "Delete" || event.key === "Backspace") this.wipe();
    else return;
    event.preventDefault();
    event.stopPropagation(); // otherwise the notebook takes the key as a command
    this.draw();
  }

  /** Draw a line from the pen's last place to (x, y), soft at the edge. */
  line(x, y) {
    const [fromX, fromY] = [this.pen.x, this.pen.y];
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(x - fromX, y - fromY)));
    for (let k = 0; k <= steps; k++) this.dot(fromX + ((x - fromX) * k) / steps, fromY + ((y - fromY) * k) / steps);
    [this.pen.x, this.pen.y] = [x, y];
    this.draw();
    this.send(false);
  }

  dot(x, y) {
    for (let i = Math.floor(y) - 2; i <= y + 2; i++) {
      for (let j = Math.floor(x) - 2; j <= x + 2; j++) {
        if (i < 0 || j < 0 || i >= SIDE || j >= SIDE) continue;
        const distance = Math.hypot(i + 0.5 - y, j + 0.5 - x);
        this.ink[i * SIDE + j] = Math.max(this.ink[i * SIDE + j], Math.min(1, Math.max(0, 1.9 - distance)));
      }
    }
  }

  wipe() {
    this.ink.fill(0);
    this.pen.down = false;
    this.draw();
    this.send(true);
  }

  /** Send the drawing: at once, or after a pause in which more ink may follow. */
  send(now) {
    if (now) {
      clearTimeout(this.waiting);
      this.waiting = null;
      this.model.set("pixels", new DataView(Uint8Array.from(this.ink, (ink) => Math.round(255 * ink)).buffer));
      this.model.save_changes();
    } else if (this.waiting === null) this.waiting = setTimeout(() => this.send(true), PAUSE);
  }

  draw() {
    paint(this.canvas, Array.from({ length: SIDE }, (_, i) => Array.from(this.ink.slice(i * SIDE, (i + 1) * SIDE))), SCALE);
    if (!this.pen.shown) return;
    const context = this.canvas.getContext("2d");
    context.strokeStyle = this.pen.down ? "#d55e00" : "#0072b2";
    context.lineWidth = 2;
    context.strokeRect(this.pen.x * SCALE - 7, this.pen.y * SCALE - 7, 14, 14);
  }

  show() {
    const { sentence, rows, image } = this.model.get("reading");
    this.status.textContent = sentence;
    this.seen.hidden = !rows.length;
    if (rows.length) paint(this.seen, image, Math.floor(112 / image.length));
    const best = Math.max(...rows.map(([, mean]) => mean));
    this.body.replaceChildren(
      ...rows.map(([digit, mean, spread]) => {
        const bar = make("span", { class: "bar", style: `width: ${100 * mean}%` });
        const doubt = make("span", { class: "doubt", style: `left: ${100 * Math.max(0, mean - spread)}%; width: ${100 * (Math.min(1, mean + spread) - Math.max(0, mean - spread))}%` });
        const row = make("tr", {}, make("th", { scope: "row", text: String(digit) }), make("td", { class: "wide", "aria-hidden": "true" }, make("div", { class: "scale" }, bar, doubt)));
        row.append(make("td", { text: mean.toFixed(2) }), make("td", { text: spread.toFixed(2) }));
        if (mean === best) row.setAttribute("aria-current", "true");
        return row;
      }),
    );
  }

  close() {
    this.release();
    clearTimeout(this.waiting);
    this.model.off("change:reading", this.answered);
  }
}

export default {
  render({ model, el }) {
    const pad = new Pad(model, el);
    return () => pad.close();
  },
};
