// Small helps for every page; each page works without them.

// A second tap on a slow link must not send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
// Coming back by the back button, the form may be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
// A menu that is open when the window grows (a tablet turned) would lie over the wide heading.
matchMedia("(min-width: 60em)").addEventListener("change", () => {
  const menu = document.getElementById("site-nav");
  if (menu?.matches(":popover-open")) menu.hidePopover();
});
// A button to print shows itself only where a script can press the browser's.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Back to a screen of a quiz from a page that took its place: the quiz is no longer there to show it.
addEventListener("popstate", (event) => {
  if (event.state?.screen && !document.querySelector("[data-quiz]")) location.reload();
});
