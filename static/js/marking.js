// Marking by keyboard: a number chooses the level of the criterion that has the focus, or of the first without one, and
// goes to the next; Ctrl (or Cmd) and Enter save and go on. The form works without this file.

const form = document.querySelector("[data-marking]");
if (form) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  const isChosen = (criterion) => criterion.querySelector(":checked") !== null;
  const writes = (target) => target.matches("textarea, input:not([type=radio]), select");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[value=next]"));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || !/^[1-9]$/.test(event.key)) return;
    const current = event.target.closest("[data-criterion]") ?? criteria.find((criterion) => !isChosen(criterion));
    const level = current?.querySelectorAll("[type=radio]")[Number(event.key) - 1];
    if (!level) return;
    event.preventDefault();
    level.checked = true;
    const next = criteria[criteria.indexOf(current) + 1];
    (next?.querySelector("[type=radio]:checked, [type=radio]") ?? form.querySelector("textarea")).focus();
  });
}
