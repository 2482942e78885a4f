// A password that can be seen is typed right the first time. Without this script the field stays as it is.
for (const form of document.querySelectorAll("form[data-show-passwords]")) {
  for (const input of form.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.setAttribute("aria-controls", input.id);
    const draw = () => {
      const hidden = input.type === "password";
      button.textContent = hidden ? form.dataset.show : form.dataset.hide;
    };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      draw();
      input.focus();
    });
    draw();
    const row = document.createElement("div");
    row.className = "cluster";
    input.replaceWith(row);
    row.append(input, button);
    // Sent as a password again, so that the browser offers to keep it and no history of text fields does.
    form.addEventListener("submit", () => {
      input.type = "password";
      draw();
    });
  }
}
