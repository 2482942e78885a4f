// Keeps the answers of an open quiz attempt safe on a poor link. The page works without this file: every question is
// a form. With it, each change is saved at once, the next question needs no request, and what cannot be sent stays on
// the device (also through a reload) until the server has said that it has it. What only the server may decide (checking
// an answer, leaving a question for good) is asked with the answer, and its reply brings the screen that follows.

import { equip } from "./quiz-parts.js";

const frame = new Set(["csrfmiddlewaretoken", "position", "revision", "go"]);
const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => !frame.has(name) && typeof value === "string" && value.trim() !== "");

const root = document.querySelector("[data-quiz]");
if (root) start(root);

function start(root) {
  const { attempt, saveUrl, togetherUrl, reviewUrl } = root.dataset;
  const isPage = "page" in root.dataset; // every question is on it, and the last look too
  const status = root.querySelector("[data-status]");
  const stage = root.querySelector("section[data-screen]");
  const screens = new Map(); // name → the root element of a screen that is not shown
  const known = new Map(); // position → newest revision that the server has
  const waits = [2, 4, 8, 15, 30, 60]; // seconds between tries
  let failures = 0;
  let isClosed = false;
  let isEnding = false;
  let endings = 0; // tries to deliver after the end
  let isReached = false;
  let isOver = false; // the time has ended: what is here is delivered, nothing is added
  let sending = null;
  let timer = 0;
  let writing = 0;

  for (const template of root.querySelectorAll("template[data-screen]")) {
    screens.set(template.dataset.screen, template.content.firstElementChild);
  }
  if (isPage) {
    for (const form of stage.children) screens.set(form.dataset.question ?? "check", form);
    for (const button of stage.querySelectorAll("[data-save]")) button.hidden = true;
  } else screens.set(stage.dataset.screen, stage.firstElementChild);
  const formOf = (position) => screens.get(String(position));
  const forms = [...screens.values()].filter((screen) => screen.dataset.question);
  const held = new Map(); // position → the answer of that revision
  for (const form of forms) take(form);
  function take(form) {
    if (!("finished" in form.dataset)) equip(form);
    known.set(form.dataset.question, Number(form.dataset.revision));
    held.set(form.dataset.question, fieldsOf(form));
  }

  // --- What waits to be sent, by position; also on the device, one entry a question so that two tabs do not collide --

  const entry = (position) => `puente.answers.${attempt}.${position}`;
  const pending = {};
  for (const position of kept()) {
    const stored = remembered(position);
    if (stored) pending[position] = stored;
  }
  // Also of a question that is not on this page: forward only, the last look carries none.
  function kept() {
    try {
      const start = entry("");
      return Object.keys(localStorage).flatMap((key) => (key.startsWith(start) ? [key.slice(start.length)] : []));
    } catch {
      return [];
    }
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
  // `certainty` says something about an answer and is none by itself.
  const isAnswer = ([name]) => name !== "certainty";
  // Files are sent by the form itself, never from here: they are too large to be kept on the device.
  const takesFiles = (form) => form.dataset.kind === "upload";
  const isSame = (one, other) => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
  function put(form, fields, revision) {
    for (const input of form.elements) {
      if (frame.has(input.name) || !input.name) continue;
      if (!isAnswer([input.name]) && !fields.some(([name]) => name === input.name)) continue;
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
    if (isPage) {
      const heading = screen.querySelector("h2");
      heading.focus({ preventScroll: true });
      heading.scrollIntoView();
      return true;
    }
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
      if (!form) return; // forward only: what the server counted stands
      const isAnswered =
        form.dataset.kind === "description" || "finished" in form.dataset || fieldsOf(form).some(isAnswer);
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
    pending[position] = { revision, operation: newId(), fields: fieldsOf(form) };
    form.elements.revision.value = revision;
    remember(position);
    if (isPage) tally(screens.get("check"));
    // Where more is likely to follow at once (boxes, lists, words), one sending takes it all.
    schedule(form.querySelector("[type=checkbox], select, [type=text], textarea") ? 400 : 0);
  }

  // One id for each change: the server knows one that it had before, however often it is sent.
  function newId() {
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
    return hex.join("");
  }

  function schedule(delay) {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(deliver, delay);
  }
  const deliver = () => (isOver ? end() : flush());

  // One sender at a time: whoever asks while it runs gets its promise: true, false, or null without a connection.
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
      const isSent = Object.keys(pending).length > 1 && togetherUrl ? await sendTogether() : await send(position, pending[position]);
      if (!isSent) {
        if (isClosed) break;
        failures += 1;
        schedule(waits[Math.min(failures, waits.length) - 1] * 1000);
        return isSent;
      }
    }
    return false;
  }

  function bodyOf(form, position, { revision, operation, fields }, go) {
    return new URLSearchParams([
      ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value],
      ["position", position],
      ["revision", revision],
      ...(operation ? [["operation", operation]] : []),
      ...(go ? [["go", go]] : []),
      ...fields,
    ]);
  }

  async function send(position, entry, { url = saveUrl, go = "" } = {}) {
    const { revision, fields } = entry;
    const form = formOf(position) ?? stage.querySelector("form");
    if (!form || (form.dataset.question && form.dataset.question !== String(position))) {
      forget(position, revision); // forward only: this question was left, and the server has what counts
      return true;
    }
    if (!isOver) say(root.dataset.textSaving);
    const body = bodyOf(form, position, entry, go);
    const reply = await post(url, body);
    if (!reply) {
      if (!isOver) sayWaiting();
      return null;
    }
    const { response, answer } = reply;
    if (response.ok && answer.html) {
      forget(position, revision);
      say("");
      bring(answer);
      return true;
    }
    if (response.ok) {
      settle(position, entry, answer);
      return true;
    }
    if (response.status === 400) {
      settle(position, entry, answer);
      return true;
    }
    return refused(response, answer);
  }

  // What the server said of one answer: the one that stands, or why it was not taken.
  function settle(position, { revision, fields }, answer) {
    forget(position, revision);
    if (answer.error) {
      say(answer.error);
      return;
    }
    known.set(position, Math.max(known.get(position) ?? 0, answer.revision));
    held.set(position, answer.is_kept ? fields : answer.fields);
    if (!answer.is_kept && !pending[position] && !isSame(answer.fields, fields)) {
      const form = formOf(position);
      if (form) put(form, answer.fields, answer.revision);
      say(root.dataset.textElsewhere);
    } else if (Object.keys(pending).length === 0) say(root.dataset.textSaved);
  }

  function refused(response, answer) {
    if (response.status === 409) close(answer);
    else if (response.type === "opaqueredirect" || response.status === 403) say(root.dataset.textSignedOut);
    else sayWaiting();
    return false;
  }

  // All that waits, in one request: on a slow link each request costs more than what it carries.
  async function sendTogether() {
    const sent = Object.entries(pending);
    if (!isOver) say(root.dataset.textSaving);
    const answers = sent.map(([position, entry]) => ({ position: Number(position), ...entry }));
    const token = stage.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams([["csrfmiddlewaretoken", token], ["answers", JSON.stringify(answers)]]);
    const reply = await post(togetherUrl, body);
    if (!reply) {
      if (!isOver) sayWaiting();
      return null;
    }
    const { response, answer } = reply;
    if (response.status === 400) return send(...sent[0]); // one of them cannot be read: one by one
    if (!response.ok) return refused(response, answer);
    for (const [place, told] of answer.answers.entries()) settle(...sent[place], told);
    return true;
  }

  // A screen that came with a reply takes the place of the one that is there; forward only, of every other one.
  function bring({ screen, html }) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const element = template.content.querySelector("form");
    if (!formOf(screen)) screens.clear();
    screens.set(screen, element);
    if (element.dataset.question) take(element);
    show(screen, { push: false });
  }

  // Checks the answer, or leaves the question for good: only the server can.
  async function ask(form, go) {
    clearTimeout(timer);
    clearTimeout(writing);
    await sending;
    const position = form.dataset.question;
    const isFinished = "finished" in form.dataset;
    if (!isFinished && !pending[position] && !isSame(held.get(position), fieldsOf(form))) keep(form);
    clearTimeout(timer);
    const entry = pending[position] ?? { revision: known.get(position) || 1, fields: fieldsOf(form) };
    const url = isFinished ? form.getAttribute("action") : saveUrl;
    sending = send(position, entry, { url, go }).finally(() => (sending = null));
    const isDone = await sending;
    if (isDone === null) say(root.dataset.textOffline);
    if (!isDone && !isClosed && pending[position]) schedule(waits[1] * 1000);
  }

  // The attempt was sent from elsewhere, or voided: nothing more can be added, so nothing more is sent.
  function close({ error, review }) {
    isClosed = true;
    stage.inert = false;
    for (const position of Object.keys(pending)) {
      delete pending[position];
      remember(position);
    }
    const link = Object.assign(document.createElement("a"), { href: review, className: "button" });
    link.textContent = root.dataset.textReview;
    stage.replaceChildren(link);
    say(error);
  }

  // Sends the attempt. What came of it comes with the reply and takes the place of the page, so that nobody waits for a
  // second answer; where there is no connection, nothing is lost and the page stays.
  async function finish(form) {
    const button = form.querySelector("button");
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    say(root.dataset.textSending);
    const answer = await deliverWhole(form.action, new URLSearchParams(new FormData(form)));
    button.removeAttribute("aria-disabled");
    arrived(answer);
  }

  // The reply and what it says as JSON; null without a connection.
  async function post(url, body) {
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        keepalive: String(body).length < 60000, // browsers refuse to keep more alive
        redirect: "manual",
        signal: AbortSignal.timeout?.(20000),
      });
      const isTold = response.ok || response.status === 409 || response.status === 400;
      return { response, answer: isTold ? await response.json() : undefined };
    } catch {
      return null;
    }
  }

  // Asks for the result: what came of it; false where the server gave none, null without a connection.
  async function deliverWhole(url, body) {
    const reply = await post(url, body);
    if (reply?.answer) return reply.answer;
    if (reply?.response.type === "opaqueredirect" || reply?.response.status === 403) say(root.dataset.textSignedOut);
    else if (!isOver) say(root.dataset.textUnsent);
    return reply && false;
  }

  // What came of sending; returns as `flush` does.
  function arrived(answer) {
    if (!answer) return answer;
    if (answer.html) showResult(answer);
    else if (answer.url) location.assign(answer.url);
    else if (answer.is_closed) close(answer);
    else say(answer.error);
    return true;
  }

  function showResult({ html, title, url }) {
    isClosed = true;
    const page = root.parentElement;
    page.innerHTML = html;
    history.pushState({}, "", url);
    document.title = document.title.replace(/^[^·]*/, `${title} `);
    const heading = page.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
    scrollTo({ top: 0 });
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

  // The second click of a double one would leave the question that the first one brought.
  root.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("[data-asks]")) event.preventDefault();
  });

  // Whether the server can be reached: asked before the page is left where there may be no connection, since the
  // browser's own error page would take the place of this one.
  async function reaches() {
    try {
      await fetch(reviewUrl, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout?.(15000) });
      return true;
    } catch {
      return null;
    }
  }
  async function leave(form, button) {
    if (await reaches()) {
      isReached = true;
      form.requestSubmit(button);
      return;
    }
    say(takesFiles(form) ? root.dataset.textFileOffline : root.dataset.textOffline);
  }

  root.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    const isSentByForm =
      takesFiles(form) || (button && "leaves" in button.dataset) || ("break" in form.dataset && !Object.keys(pending).length);
    if (isSentByForm && !navigator.onLine && !isReached) {
      event.preventDefault();
      leave(form, button);
      return;
    }
    isReached = false;
    if (form.dataset.question) {
      if (takesFiles(form)) return;
      if (button && "leaves" in button.dataset) return; // to the other language: the form saves and goes there
      event.preventDefault();
      const asking = button ?? form.querySelector("button");
      if (asking && "asks" in asking.dataset) {
        ask(form, asking.value);
        return;
      }
      flush();
      if (!isPage) show(button?.value);
    } else if (form.hasAttribute("data-check")) {
      event.preventDefault();
      if (await flush()) await finish(form);
      else if (!isClosed) say(root.dataset.textNotYet);
    } else if ("break" in form.dataset && Object.keys(pending).length) {
      // An answer that came during the break would end it.
      event.preventDefault();
      if (await flush()) form.requestSubmit(button);
      else if (!isClosed) say(root.dataset.textNotYet);
    }
  });

  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && show(link.dataset.go)) event.preventDefault();
  });

  addEventListener("popstate", (event) => {
    if (!isClosed && (isPage || location.hash)) return; // to a place within the page
    if (isClosed || !event.state?.screen || !show(event.state.screen, { push: false })) location.reload();
  });
  addEventListener("online", deliver);
  addEventListener("pageshow", deliver);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && deliver());

  // --- The clock: the server's; this one only shows it ------------------------------------------------------------------

  const clock = root.querySelector("[data-clock]");
  let endsAt = 0;
  let ticking = 0;
  if (clock) run(Number(clock.dataset.seconds));

  function run(seconds) {
    endsAt = performance.now() + seconds * 1000;
    clearInterval(ticking);
    ticking = setInterval(tick, 1000);
    tick();
  }

  function tick() {
    if (isClosed) {
      clearInterval(ticking);
      return;
    }
    const { textLeft, textLast, textOver } = clock.dataset;
    const shown = clock.querySelector("[data-clock-text]");
    const aloud = [10, 5, 1, 0]; // minutes at which a screen reader hears it too
    const left = Math.ceil((endsAt - performance.now()) / 1000);
    const minutes = Math.ceil(left / 60);
    const text = left <= 0 ? textOver : left < 60 ? textLast : textLeft.replace("{minutes}", minutes);
    if (shown.textContent !== text) {
      shown.textContent = text;
      if (aloud.includes(left < 60 ? 0 : minutes)) clock.querySelector("[data-clock-said]").textContent = text;
    }
    if (left > 0) return;
    clearInterval(ticking);
    clearTimeout(writing);
    for (const last of stage.children) {
      if (last.dataset.question && !takesFiles(last) && !isSame(held.get(last.dataset.question) ?? [], fieldsOf(last))) {
        keep(last);
      }
    }
    isOver = true;
    stage.inert = true;
    end();
  }

  // The time is over: first what waits here, then the whole. Without a connection it stays here and says so; it is
  // tried often, because the server takes for a short while what was on its way when the time ended.
  async function end() {
    if (isEnding || isClosed || !isOver) return;
    isEnding = true;
    const isDone = (await flush()) && (await sendWhole());
    isEnding = false;
    if (isClosed || isDone) return;
    if (isDone === null) {
      clock.querySelector("[data-clock-text]").textContent = clock.dataset.textEnded;
      say(root.dataset.textOverOffline);
      if (!endings) status.scrollIntoView({ block: "center" });
    }
    endings += 1;
    schedule(endings < 30 ? 2000 : 30000);
  }

  // Only the server knows whether the time is over: who was granted more meanwhile goes on.
  async function sendWhole() {
    const token = stage.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, unanswered: 999999, by: "clock" });
    const answer = await deliverWhole(`${questionUrl()}send/`, body);
    if (!answer || !("seconds" in answer)) return arrived(answer);
    if (answer.seconds === null || answer.seconds > 5) {
      // All is delivered: the page comes back with the new end, at the same question.
      const { screen } = stage.dataset;
      if (isPage || screen === "check") location.reload();
      else location.replace(`${questionUrl()}?q=${screen}`);
      return true;
    }
    isOver = false; // two clocks that differ a little
    stage.inert = false;
    run(answer.seconds);
    return true;
  }

  // Answers that waited here from before a reload are shown again; the pageshow that follows sends them.
  if (!isPage) history.replaceState({ screen: stage.dataset.screen }, "");
  for (const [position, { revision, fields }] of Object.entries(pending)) {
    if (formOf(position) && revision >= known.get(position)) put(formOf(position), fields, revision);
  }
  const lastLook = stage.querySelector("form[data-check]");
  if (lastLook) tally(lastLook);
  sayWaiting();
}
