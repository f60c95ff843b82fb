// Menus are <details data-menu>: they open without script. This closes them the way menus close:
// on Escape, on a click elsewhere, when the focus moves on.

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

const closeUnlessInside = (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
};

document.addEventListener("click", closeUnlessInside);
document.addEventListener("focusin", closeUnlessInside);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    const focusWasInside = menu.contains(document.activeElement);
    menu.open = false;
    if (focusWasInside) menu.querySelector("summary").focus();
  }
});
