// Copy the Contract ID, or both IDs, without showing them: the form is posted for JSON and the answer
// goes straight to the clipboard. <button data-copy-pair="contractId|both" data-copied="Copied">

const SHOWN_FOR = 2000;

const fetchPair = async (form) => {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(`The IDs could not be fetched: ${answer.status}`);
  return answer.json();
};

const textOf = (pair, wanted) =>
  wanted === "both" ? `Access ID: ${pair.accessId}, Contract ID: ${pair.contractId}` : pair[wanted];

const tell = (button) => {
  const label = button.querySelector("[data-label]");
  const before = label.textContent;
  if (before === button.dataset.copied) return;
  label.textContent = button.dataset.copied;
  document.getElementById("announcer").textContent = button.dataset.copied;
  setTimeout(() => (label.textContent = before), SHOWN_FOR);
};

if (navigator.clipboard) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy-pair]");
    if (!button) return;
    try {
      const pair = await fetchPair(button.form);
      await navigator.clipboard.writeText(textOf(pair, button.dataset.copyPair));
      tell(button);
    } catch {
      // The session has ended, or the clipboard is closed: the form itself shows the pair, or signs in.
      button.form.requestSubmit();
    }
  });
}
