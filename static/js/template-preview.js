// Draws the template anew as one types. Without this script "Save and look" does the same.

const look = document.querySelector("[data-preview]");
const form = look?.closest("form");
const WAIT = 500;

if (form) {
  const state = look.querySelector("[data-preview-state]");
  const faults = look.querySelector("[data-preview-faults]");
  let timer = 0;
  let running = null;

  const say = (name) => {
    state.textContent = name ? state.dataset[name] : "";
    look.classList.toggle("is-waiting", name === "drawing");
  };

  const draw = async () => {
    running?.abort(); // an older drawing must not come in after this one
    const own = new AbortController();
    running = own;
    say("drawing");
    try {
      const response = await fetch(look.dataset.preview, {
        method: "POST",
        body: new FormData(form),
        signal: own.signal,
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      const answer = await response.json();
      if (own.signal.aborted) return;
      faults.replaceChildren(
        ...Object.values(answer.errors ?? {}).flat().map((sentence) => {
          const item = document.createElement("li");
          item.textContent = sentence;
          return item;
        }),
      );
      for (const [name, source] of Object.entries(answer.pictures ?? {})) {
        look.querySelector(`[data-picture="${name}"]`).src = source;
      }
      say(answer.errors ? "faulty" : "drawn");
    } catch (error) {
      if (error.name !== "AbortError") say("failed");
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(draw, WAIT);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}
