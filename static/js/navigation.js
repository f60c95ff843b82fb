// What somebody closes in the left navigation, a section or where it is wide the whole column,
// stays closed: a cookie tells the server, so that the next page does not jump.

const navigation = document.getElementById("navigation");
const button = document.querySelector("[data-navigation]");
const sections = navigation?.querySelectorAll("[data-section]") ?? [];
const A_YEAR = 365 * 24 * 60 * 60;

const remember = () => {
  const closed = [...sections].filter(({ open }) => !open).map(({ dataset }) => dataset.section);
  if ("closed" in navigation.dataset) closed.push("menu");
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = closed.length ? A_YEAR : 0;
  document.cookie = `closed_navigation=${closed.join(".")}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
};

// Not on "toggle", which also comes for those that are open from the start.
for (const { firstElementChild: heading } of sections) {
  heading.addEventListener("click", () => setTimeout(remember));
}

button?.addEventListener("click", () => {
  const isClosed = navigation.toggleAttribute("data-closed");
  button.setAttribute("aria-expanded", String(!isClosed));
  remember();
});
