// "/" takes the focus to the staff search box, unless somebody is typing.

const TYPING = "input, select, textarea, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(TYPING)) return;
  const box = document.querySelector("[data-staff-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
