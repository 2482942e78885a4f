// Shares the public link of a certificate: the phone's own sheet where there is one, else the clipboard, else the link.

for (const link of document.querySelectorAll("[data-share]")) {
  link.addEventListener("click", async (event) => {
    const url = link.dataset.share;
    if (!navigator.share && !navigator.clipboard) return;
    event.preventDefault();
    try {
      if (navigator.share) {
        await navigator.share({ url, title: document.title });
      } else {
        await navigator.clipboard.writeText(url);
        document.querySelector("[data-share-answer]").textContent = link.dataset.copied;
      }
    } catch (error) {
      if (error.name !== "AbortError") location.href = url;
    }
  });
}
