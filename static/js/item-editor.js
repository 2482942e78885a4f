// Builds the form of an item from the description of its blocks. Wagtail's own builder expects a list at the root; an
// item is one block with parts.

document.addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll("[data-item-editor]")) {
    const block = window.telepath.unpack(JSON.parse(place.dataset.itemEditor));
    block.render(place, place.id, ...JSON.parse(place.dataset.state));
  }
});
