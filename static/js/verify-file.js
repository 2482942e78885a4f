// Checks a file without sending it: the hash is computed here, and compared with the one on the page or sent alone.
// Without JavaScript, or without the browser's own hashing, the form sends the file, which is hashed and not kept.

const LARGEST = 2 * 1024 * 1024;

async function sha256(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(form, text, tone) {
  const answer = form.querySelector("[data-check-answer]");
  answer.textContent = text;
  answer.className = text ? `notice notice--${tone}` : "";
}

async function check(form, file) {
  if (file.size > LARGEST) return say(form, form.dataset.large, "bad");
  const digest = await sha256(file);
  if (form.dataset.expected) {
    const same = digest === form.dataset.expected;
    return say(form, same ? form.dataset.same : form.dataset.other, same ? "good" : "bad");
  }
  form.elements.sha256.value = digest;
  form.elements.file.disabled = true;
  form.submit();
}

if (globalThis.crypto?.subtle) {
  for (const form of document.querySelectorAll("form[data-check-file]")) {
    form.addEventListener("submit", (event) => {
      const file = form.elements.file.files[0];
      if (!file) return;
      event.preventDefault();
      check(form, file);
    });
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer.files[0];
      if (file) check(form, file);
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-check-file]")) form.elements.file.disabled = false;
  });
}
