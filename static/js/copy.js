// Copy buttons: <button data-copy="text"> or <button data-copy-from="#element">. Without script, or
// where the browser offers no clipboard, they stay invisible (button.css).

const SHOWN_FOR = 2000;

const textOf = (button) =>
  button.dataset.copy || document.querySelector(button.dataset.copyFrom)?.textContent.trim() || "";

const tell = (button) => {
  const label = button.querySelector("[data-label]");
  const announcer = document.getElementById("announcer");
  const before = label.textContent;
  if (before === button.dataset.copied) return;
  label.textContent = button.dataset.copied;
  announcer.textContent = button.dataset.copied;
  setTimeout(() => {
    label.textContent = before;
    announcer.textContent = "";
  }, SHOWN_FOR);
};

if (navigator.clipboard) {
  document.documentElement.classList.add("can-copy");
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy], [data-copy-from]");
    if (!button) return;
    await navigator.clipboard.writeText(textOf(button));
    tell(button);
  });
}
