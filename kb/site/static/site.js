// Conveniences only; everything works without.
// "/" puts the cursor into the search box.
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("[data-search]");
  if (box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// Arrow up and down go from result to result; Enter, as on any link, opens it. From the box, down leads to the first.
document.addEventListener("keydown", (event) => {
  const down = event.key === "ArrowDown";
  if ((!down && event.key !== "ArrowUp") || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const links = [...document.querySelectorAll(".hits > .hit > h2 > a")];
  const here = event.target instanceof Element ? event.target : document.body;
  const hit = here.closest(".hit");
  const box = here.matches("[data-search]");
  if (!links.length || (box ? !down : here !== document.body && !hit) || here.closest("textarea, select")) return;
  const place = hit ? links.findIndex((link) => hit.contains(link)) : -1;
  const next = place + (down ? 1 : -1);
  if (!hit && !box && !down) return;
  if (next >= links.length) return;
  event.preventDefault();
  if (next < 0) document.querySelector("main [data-search]")?.focus();
  else links[next].focus();
});
// A field to copy from selects itself.
document.addEventListener("focusin", (event) => {
  if (event.target instanceof Element && event.target.matches("[data-copy]")) event.target.select();
});
// A button copies a field, with the italics of what it stands for where the browser can.
for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const rich = document.getElementById(button.dataset.copiesRich);
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const parts = { "text/plain": field.value, "text/html": rich.innerHTML };
      const blobs = Object.entries(parts).map(([type, text]) => [type, new Blob([text], { type })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
      said.textContent = "Copied.";
    } catch {
      // No clipboard without TLS: the text is left selected.
      field.focus();
      said.textContent = "Selected: copy it with Ctrl+C.";
    }
  });
}
