// A form that came back with errors takes the focus to its summary, after a page load and after a
// swap alike, so that it is read out and the first link is one Tab away.

const SUMMARY = "[data-error-summary]";

document.querySelector(SUMMARY)?.focus();

document.addEventListener("htmx:afterSettle", ({ target }) => {
  (target.matches(SUMMARY) ? target : target.querySelector(SUMMARY))?.focus();
});
