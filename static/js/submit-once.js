// A form with a [data-submit-once] button is sent once: the button turns aria-disabled (it keeps the
// focus, and its name and value are still sent) and a second submit is dropped. The server holds
// the same line on its own; this only spares people the doubt. Forms sent by htmx use hx-disabled-elt.

const BUTTON = "[data-submit-once]";

document.addEventListener("submit", (event) => {
  const button = event.target.querySelector(BUTTON);
  if (!button || event.defaultPrevented) return;
  if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  button.setAttribute("aria-disabled", "true");
});

// Back from the browser's page cache: the form may be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll(BUTTON)) button.removeAttribute("aria-disabled");
});
