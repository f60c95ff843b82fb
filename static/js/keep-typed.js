// Choosing another language opens the page anew. What was typed and not sent yet is put back into
// its fields; it waits in this window only, and for that page only. Passwords, files and the pair of
// IDs are never kept. Without script, what was sent is kept: the steps of a request are drafts.

const KEY = "typed";
const NEVER = ["access_id", "contract_id"];
const UNTYPED = ["button", "file", "hidden", "image", "password", "reset", "submit"];

const fields = () =>
  [...document.querySelectorAll("main form :is(input, select, textarea)[name]")].filter(
    (field) => !UNTYPED.includes(field.type) && !NEVER.includes(field.name),
  );
const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-keep-typed]")) return;
  const typed = fields().map((field) => (isChoice(field) ? field.checked : field.value));
  const names = fields().map((field) => field.name);
  sessionStorage.setItem(KEY, JSON.stringify({ page: form.elements.page.value, names, typed }));
});

const kept = JSON.parse(sessionStorage.getItem(KEY));
sessionStorage.removeItem(KEY);

if (kept && kept.page === location.pathname + location.search) {
  fields().forEach((field, place) => {
    // The page has changed since, where another name stands at this place.
    if (kept.names[place] !== field.name) return;
    if (isChoice(field)) field.checked = kept.typed[place];
    else field.value = kept.typed[place];
  });
}
