// Remembers the block a learner reads, so that "Continue" leads there on any device. The page works without it.
const body = document.getElementById("lesson-body");
const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;

if (body?.dataset.placeUrl && token && "IntersectionObserver" in window) {
  const inView = new Set();
  let current = "";
  let saved = "";
  let timer = 0;

  const send = () => {
    clearTimeout(timer);
    timer = 0;
    if (!current || current === saved) return;
    saved = current;
    // sendBeacon sets no headers, so the token goes in the form, as in any form of this site.
    const form = new FormData();
    form.set("block", current);
    form.set("csrfmiddlewaretoken", token);
    if (!navigator.sendBeacon?.(body.dataset.placeUrl, form)) saved = "";
  };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) inView.add(entry.target);
        else inView.delete(entry.target);
      }
      const first = [...body.querySelectorAll("[data-block]")].find((block) => inView.has(block));
      if (!first) return;
      current = first.id;
      if (!timer) timer = setTimeout(send, 4000);
    },
    { rootMargin: "0px 0px -40% 0px" },
  );
  for (const block of body.querySelectorAll("[data-block]")) observer.observe(block);
  addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
}
