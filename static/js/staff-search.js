// "/" takes the focus to the staff's look-up box, the page's own if it has one, unless somebody is
// typing.

const TYPING = "input, select, textarea, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(TYPING)) return;
  const box =
    document.querySelector("main [data-staff-search]") ??
    document.querySelector("[data-staff-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// Only where it works it is told.
for (const hint of document.querySelectorAll("[data-look-up-key]")) hint.hidden = false;
