// A form that came back with errors takes the focus to its summary, after a page load and after a
// swap alike, so that it is read out and the first link is one Tab away.

const SUMMARY = "[data-error-summary]";

const focus = () => document.querySelector(SUMMARY)?.focus();

focus();
// An address that names a place in the page takes the focus there, once all is loaded.
if (location.hash) window.addEventListener("load", () => setTimeout(focus));

document.addEventListener("htmx:afterSettle", ({ target }) => {
  (target.matches(SUMMARY) ? target : target.querySelector(SUMMARY))?.focus();
});
