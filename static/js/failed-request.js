// A part of a page that could not be loaded must not fail in silence: show the notice that the page
// carries for it.

const show = () => {
  const notice = document.getElementById("failed-request");
  document.getElementById("messages")?.replaceChildren(notice.content.cloneNode(true));
};

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, show);
}
