// A page that reloads a part of itself names htmx in its head (frames/htmx.html). It is fetched when
// all else stands, so that nothing waits for it, and then learns what was chosen before.

const address = document.querySelector("meta[name=htmx]")?.content;

// Not by events: some come before any script, and what a browser puts back after a reload has none.
const differs = ({ options, selectedIndex }) =>
  selectedIndex !== Math.max(0, [...options].findIndex((option) => option.defaultSelected));

const begin = async () => {
  await import(address);
  const lists = [...document.querySelectorAll("[data-hx-trigger=change] select")];
  lists.find(differs)?.dispatchEvent(new Event("change", { bubbles: true }));
};

if (address) window.addEventListener("load", begin);
