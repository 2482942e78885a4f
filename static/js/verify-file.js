// Takes a file that is dropped on the form. Where the page knows the hash of the certificate the file is compared here and
// not sent; else it is sent with the form, as without JavaScript.

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

async function compare(form, file) {
  const same = (await sha256(file)) === form.dataset.expected;
  say(form, same ? form.dataset.same : form.dataset.other, same ? "good" : "bad");
}

for (const form of document.querySelectorAll("form[data-check-file]")) {
  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (!file) return;
    if (file.size > LARGEST) {
      event.preventDefault();
      say(form, form.dataset.large, "bad");
    } else if (form.dataset.expected && globalThis.crypto?.subtle) {
      event.preventDefault();
      compare(form, file);
    }
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    form.elements.file.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
