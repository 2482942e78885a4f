// Makes the parts of a question easier to use: places in a picture by touch, entries that move, conversations that open
// as they go. Each works without this file too, by the lists and numbers of its form.

export function equip(form) {
  const rules = { hotspot, ordering, case: conversation };
  rules[form.dataset.kind]?.(form);
}

const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

// --- A picture to touch ----------------------------------------------------------------------------------------------

function hotspot(form) {
  const box = form.querySelector("[data-hotspot]");
  const picture = box.querySelector("img");
  const isMultiple = "multiple" in box.dataset;
  const undo = Object.assign(document.createElement("button"), { type: "button", className: "link-button" });
  undo.textContent = box.dataset.textUndo;
  const status = Object.assign(document.createElement("p"), { className: "soft" });
  status.setAttribute("role", "status");
  box.after(status, undo);
  form.querySelector("[data-hotspot-hint]").hidden = false;

  const points = () => [...box.querySelectorAll("input[name=point]")];
  const list = () => [...form.querySelectorAll("input[name=region]")];

  function add(value) {
    box.append(Object.assign(document.createElement("input"), { type: "hidden", name: "point", value }));
  }
  function draw() {
    for (const mark of box.querySelectorAll("[data-mark]")) mark.remove();
    for (const [number, input] of points().entries()) {
      const [x, y] = input.value.split(",");
      const mark = Object.assign(document.createElement("span"), { className: "quiz-touch" });
      mark.dataset.mark = "";
      mark.setAttribute("aria-hidden", "true");
      mark.textContent = number + 1;
      mark.style.insetInlineStart = `${x / 10}%`;
      mark.style.insetBlockStart = `${y / 10}%`;
      box.append(mark);
    }
    const count = points().length;
    undo.hidden = count === 0;
    status.textContent = count ? box.dataset.textTouched.replace("{count}", count) : "";
  }

  picture.addEventListener("click", (event) => {
    const frame = picture.getBoundingClientRect();
    const within = (at) => Math.min(1000, Math.max(0, Math.round(at * 1000)));
    const x = within((event.clientX - frame.left) / frame.width);
    const y = within((event.clientY - frame.top) / frame.height);
    if (!isMultiple) for (const input of points()) input.remove();
    for (const input of list()) input.checked = false;
    add(`${x},${y}`);
    draw();
    changed(points().at(-1));
  });
  undo.addEventListener("click", () => {
    points().at(-1)?.remove();
    draw();
    changed(list()[0]);
  });
  // Touch and list are two ways to say the same: what was said last counts.
  form.addEventListener("change", (event) => {
    if (event.target.name !== "region" || !event.target.checked) return;
    for (const input of points()) input.remove();
    draw();
  }, { capture: true });
  form.addEventListener("quiz:put", ({ detail }) => {
    for (const input of points()) input.remove();
    for (const [name, value] of detail) if (name === "point") add(value);
    draw();
  });
  draw();
}

// --- Entries that move -----------------------------------------------------------------------------------------------

function ordering(form) {
  const list = form.querySelector("[data-ordering]");
  const { textUp, textDown, textMoved } = list.dataset;
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  status.setAttribute("role", "status");
  list.after(status);
  const entries = () => [...list.querySelectorAll("[data-entry]")];
  const selectOf = (entry) => entry.querySelector("select");

  function number() {
    for (const [place, entry] of entries().entries()) selectOf(entry).value = String(place + 1);
  }
  function move(entry, place) {
    const others = entries().filter((other) => other !== entry);
    others.splice(place, 0, entry);
    list.append(...others);
    number();
    const words = entry.querySelector("label").textContent.trim();
    status.textContent = textMoved.replace("{entry}", words).replace("{place}", place + 1);
  }
  for (const entry of entries()) {
    const label = entry.querySelector("label");
    for (const [text, step, sign] of [[textUp, -1, "↑"], [textDown, 1, "↓"]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "quiz-move" });
      button.textContent = sign;
      button.setAttribute("aria-label", `${text}: ${label.textContent.trim()}`);
      button.addEventListener("click", () => {
        const place = entries().indexOf(entry) + step;
        if (place < 0 || place >= entries().length) return;
        move(entry, place);
        button.focus();
        changed(selectOf(entry));
      });
      entry.append(button);
    }
  }
  // A number that is chosen from the list moves the entry there; no number is ever there twice.
  list.addEventListener("change", (event) => {
    if (!event.isTrusted || !event.target.value) return;
    move(event.target.closest("[data-entry]"), Number(event.target.value) - 1);
    event.target.focus();
  });
  form.addEventListener("quiz:put", () => {
    const placed = entries().sort((one, other) => Number(selectOf(one).value || 999) - Number(selectOf(other).value || 999));
    list.append(...placed);
  });
}

// --- A conversation that opens as it goes ----------------------------------------------------------------------------

function conversation(form) {
  const nodes = [...form.querySelectorAll("[data-node]")];
  const nodeOf = (key) => nodes.find((node) => node.dataset.node === key);

  function open() {
    const reached = new Set();
    for (let node = nodes[0]; node; ) {
      reached.add(node);
      node = nodeOf(node.querySelector("input:checked")?.dataset.next);
    }
    for (const node of nodes) {
      node.hidden = node.disabled = !reached.has(node);
      if (node.disabled) for (const input of node.querySelectorAll("input")) input.checked = false;
    }
  }
  // Before the answer is read from the form, so that it holds the way as it is now.
  form.addEventListener("change", open, { capture: true });
  form.addEventListener("quiz:put", open);
}
