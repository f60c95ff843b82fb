// The arrows lead from the look-up box into the list below it and through its links; Enter opens.

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const list = document.querySelector("[data-choose-by-arrows]");
  const box = document.querySelector("main [data-staff-search]");
  if (!list || !box) return;
  const stops = [box, ...list.querySelectorAll("a[href]")];
  const at = stops.indexOf(document.activeElement);
  const next = stops[at + step];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
});
