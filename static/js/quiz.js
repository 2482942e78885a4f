// Keeps the answers of an open quiz attempt safe on a poor link. The page works without this file: every question is
// a form. With it, each change is saved at once, the next question needs no request, and what cannot be sent stays on
// the device (also through a reload) until the server has said that it has it.

import { equip } from "./quiz-parts.js";

const root = document.querySelector("[data-quiz]");
if (root) start(root);

function start(root) {
  const { attempt, saveUrl, reviewUrl } = root.dataset;
  const status = root.querySelector("[data-status]");
  const stage = root.querySelector("section[data-screen]");
  const screens = new Map(); // name → the root element of a screen that is not shown
  const known = new Map(); // position → newest revision that the server has
  const waits = [2, 4, 8, 15, 30, 60]; // seconds between tries
  let failures = 0;
  let isClosed = false;
  let sending = null;
  let timer = 0;
  let writing = 0;

  for (const template of root.querySelectorAll("template[data-screen]")) {
    screens.set(template.dataset.screen, template.content.firstElementChild);
  }
  screens.set(stage.dataset.screen, stage.firstElementChild);
  const forms = [...screens.values()].filter((screen) => screen.dataset.question);
  const formOf = (position) => forms.find((form) => form.dataset.question === String(position));
  for (const form of forms) equip(form);
  for (const form of forms) known.set(form.dataset.question, Number(form.dataset.revision));


  // --- What waits to be sent, by position; also on the device, one entry a question so that two tabs do not collide --

  const entry = (position) => `puente.answers.${attempt}.${position}`;
  const pending = {};
  for (const form of forms) {
    const stored = remembered(form.dataset.question);
    if (stored) pending[form.dataset.question] = stored;
  }
  function remembered(position) {
    try {
      const kept = JSON.parse(localStorage.getItem(entry(position)));
      // What an earlier version of this file left here were the keys of the choices.
      if (kept?.value) return { revision: kept.revision, fields: kept.value.map((key) => ["choice", key]) };
      return kept;
    } catch {
      return null;
    }
  }
  function remember(position) {
    try {
      if (pending[position]) localStorage.setItem(entry(position), JSON.stringify(pending[position]));
      else localStorage.removeItem(entry(position));
    } catch {
      // The device keeps nothing (private mode, full): the answer waits in memory.
    }
  }

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }
  function sayWaiting() {
    const count = Object.keys(pending).length;
    const { textWaitingOne, textWaitingMany } = root.dataset;
    if (count) say(count === 1 ? textWaitingOne : textWaitingMany.replace("{count}", count));
  }

  // --- Screens -----------------------------------------------------------------------------------------------------

  // An answer as the fields of its form: [[name, value], …], without what every form has.
  const frame = new Set(["csrfmiddlewaretoken", "position", "revision", "go"]);
  const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => !frame.has(name) && typeof value === "string" && value.trim() !== "");
  // Files are sent by the form itself, never from here: they are too large to be kept on the device.
  const takesFiles = (form) => form.dataset.kind === "upload";
  const isSame = (one, other) => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
  function put(form, fields, revision) {
    for (const input of form.elements) {
      if (frame.has(input.name) || !input.name) continue;
      if (input.type === "radio" || input.type === "checkbox") {
        input.checked = fields.some(([name, value]) => name === input.name && value === input.value);
      } else if (input.type !== "hidden") {
        input.value = fields.find(([name]) => name === input.name)?.[1] ?? "";
      }
    }
    form.elements.revision.value = revision;
    form.dispatchEvent(new CustomEvent("quiz:put", { detail: fields }));
  }

  function show(name, { push = true } = {}) {
    const screen = screens.get(String(name));
    if (!screen) return false;
    if (screen.hasAttribute("data-check")) tally(screen);
    stage.replaceChildren(screen);
    stage.dataset.screen = name;
    const url = screen.hasAttribute("data-check") ? screen.getAttribute("action") : `${questionUrl()}?q=${name}`;
    if (push) history.pushState({ screen: String(name) }, "", url);
    const heading = stage.querySelector("h1");
    document.title = document.title.replace(/^[^·]*/, `${heading.textContent.trim()} `);
    heading.focus();
    scrollTo({ top: 0 });
    return true;
  }
  const questionUrl = () => reviewUrl.replace(/review\/$/, "");

  function tally(screen) {
    let missing = 0;
    for (const row of screen.querySelectorAll("[data-question-state]")) {
      const form = formOf(row.dataset.questionState);
      const isAnswered = form.dataset.kind === "description" || fieldsOf(form).length > 0;
      row.querySelector("[data-answered]").hidden = !isAnswered;
      row.querySelector("[data-not-answered]").hidden = isAnswered;
      missing += !isAnswered;
    }
    screen.elements.unanswered.value = missing;
    screen.querySelector("[data-unanswered-notice]").hidden = missing === 0;
  }

  // --- Keeping and sending -------------------------------------------------------------------------------------------

  function keep(form) {
    clearTimeout(writing);
    const position = form.dataset.question;
    const revision = Math.max(known.get(position), pending[position]?.revision ?? 0) + 1;
    pending[position] = { revision, fields: fieldsOf(form) };
    form.elements.revision.value = revision;
    remember(position);
    // Where more is likely to follow at once (boxes, lists, words), one sending takes it all.
    schedule(form.querySelector("[type=checkbox], select, [type=text], textarea") ? 400 : 0);
  }

  function schedule(delay) {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(flush, delay);
  }

  // One sender at a time: whoever asks while it runs gets its promise.
  function flush() {
    clearTimeout(timer);
    sending ??= drain().finally(() => (sending = null));
    return sending;
  }

  async function drain() {
    while (!isClosed) {
      const [position] = Object.keys(pending);
      if (!position) {
        failures = 0;
        return true;
      }
      if (!(await send(position, pending[position]))) {
        if (isClosed) break;
        failures += 1;
        schedule(waits[Math.min(failures, waits.length) - 1] * 1000);
        return false;
      }
    }
    return false;
  }

  async function send(position, { revision, fields }) {
    const form = formOf(position);
    say(root.dataset.textSaving);
    const body = new URLSearchParams([
      ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value],
      ["position", position],
      ["revision", revision],
      ...fields,
    ]);
    let response, answer;
    try {
      response = await fetch(saveUrl, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        keepalive: true,
        redirect: "manual",
        signal: AbortSignal.timeout?.(15000),
      });
      if (response.ok || response.status === 409 || response.status === 400) answer = await response.json();
    } catch {
      sayWaiting();
      return false;
    }
    if (response.ok) {
      known.set(position, Math.max(known.get(position), answer.revision));
      forget(position, revision);
      if (!answer.is_kept && !pending[position] && !isSame(answer.fields, fields)) {
        put(form, answer.fields, answer.revision);
        say(root.dataset.textElsewhere);
      } else if (Object.keys(pending).length === 0) say(root.dataset.textSaved);
      return true;
    }
    if (response.status === 409) {
      close(answer);
      return false;
    }
    if (response.status === 400) {
      forget(position, revision);
      say(answer.error);
      return true;
    }
    if (response.type === "opaqueredirect" || response.status === 403) say(root.dataset.textSignedOut);
    else sayWaiting();
    return false;
  }

  // The attempt was sent from elsewhere, or voided: nothing more can be added, so nothing more is sent.
  function close({ error, review }) {
    isClosed = true;
    for (const position of Object.keys(pending)) {
      delete pending[position];
      remember(position);
    }
    const link = Object.assign(document.createElement("a"), { href: review, className: "button" });
    link.textContent = root.dataset.textReview;
    stage.replaceChildren(link);
    say(error);
  }

  // Only what was sent is dropped; an answer that changed meanwhile stays and goes next.
  function forget(position, revision) {
    if (pending[position]?.revision === revision) delete pending[position];
    if (!pending[position] && remembered(position)?.revision === revision) remember(position);
  }

  // --- What the learner does -----------------------------------------------------------------------------------------

  root.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-question]");
    if (form && !takesFiles(form) && !isClosed && event.target.name && !frame.has(event.target.name)) keep(form);
  });
  // Words are kept while they are written, so that a phone that dies takes little with it.
  root.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-question]");
    if (!form || isClosed || !event.target.matches("[type=text], textarea")) return;
    clearTimeout(writing);
    writing = setTimeout(() => keep(form), 1500);
  });

  root.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.dataset.question) {
      if (takesFiles(form)) return;
      if (button && "leaves" in button.dataset) return; // to the other language: the form saves and goes there
      event.preventDefault();
      flush();
      show(button?.value);
    } else if (form.hasAttribute("data-check") && Object.keys(pending).length) {
      event.preventDefault();
      if (await flush()) form.requestSubmit();
      else if (!isClosed) say(root.dataset.textNotYet);
    }
  });

  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && show(link.dataset.go)) event.preventDefault();
  });

  addEventListener("popstate", (event) => {
    if (!event.state?.screen || !show(event.state.screen, { push: false })) location.reload();
  });
  addEventListener("online", flush);
  addEventListener("pageshow", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());

  // --- The clock: the server's; this one only shows it ------------------------------------------------------------------

  const clock = root.querySelector("[data-clock]");
  if (clock) {
    const end = performance.now() + Number(clock.dataset.seconds) * 1000;
    const { textLeft, textLast, textOver } = clock.dataset;
    const shown = clock.querySelector("[data-clock-text]");
    const said = clock.querySelector("[data-clock-said]");
    const aloud = new Set([10, 5, 1, 0]); // minutes at which a screen reader hears it too
    const ticking = setInterval(tick, 1000);
    tick();
    async function tick() {
      const left = Math.ceil((end - performance.now()) / 1000);
      const minutes = Math.ceil(left / 60);
      const text = left <= 0 ? textOver : left < 60 ? textLast : textLeft.replace("{minutes}", minutes);
      if (shown.textContent !== text) {
        shown.textContent = text;
        if (aloud.has(left < 60 ? 0 : minutes)) said.textContent = text;
      }
      if (left > 0) return;
      clearInterval(ticking);
      clearTimeout(writing);
      if (stage.firstElementChild.dataset?.question && !takesFiles(stage.firstElementChild)) keep(stage.firstElementChild);
      await flush();
      if (!isClosed && show("check", { push: false })) stage.firstElementChild.requestSubmit();
    }
  }

  // Answers that waited here from before a reload are shown again; the pageshow that follows sends them.
  history.replaceState({ screen: stage.dataset.screen }, "");
  for (const [position, { revision, fields }] of Object.entries(pending)) {
    if (revision >= known.get(position)) put(formOf(position), fields, revision);
  }
  if (stage.firstElementChild.hasAttribute("data-check")) tally(stage.firstElementChild);
  sayWaiting();
}
