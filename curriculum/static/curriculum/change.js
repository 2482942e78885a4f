// Judges on without a click. Without this script the button "Continue" does the same.
(() => {
  const form = document.querySelector("form[data-continue]");
  const button = form && form.querySelector('button[value="preview"]');
  if (!button) return;
  const timer = setTimeout(() => button.click(), 400);
  // Whoever begins to work in the form stops it.
  form.addEventListener("pointerdown", () => clearTimeout(timer), { once: true });
  form.addEventListener("keydown", () => clearTimeout(timer), { once: true });
})();
