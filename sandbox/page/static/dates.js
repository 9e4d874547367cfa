// Dates and times: somebody who types one passes through days that they do not mean, so only what they end with counts.

const isPicker = (target) => target.matches?.("input.picker");
const markEmpty = (picker) => picker.toggleAttribute("data-empty", !picker.value);

export function setUpDates() {
  let typed = false;
  let waiting = null;

  const choose = (picker) => {
    waiting = null;
    const unfinished = picker.type !== "time" && picker.value < "1000"; // no value, or a year of one or two digits
    if (picker.value && !unfinished && picker.value !== picker.dataset.told) {
      picker.dataset.told = picker.value;
      picker.dispatchEvent(new CustomEvent("chosen"));
    }
  };

  document.addEventListener("keydown", (event) => {
    if (!isPicker(event.target)) return;
    if (event.key === "Enter" && waiting) {
      event.preventDefault();
      choose(waiting);
    }
    typed = event.key !== "Enter";
  });
  document.addEventListener("pointerdown", () => { typed = false; });
  document.addEventListener("input", (event) => {
    if (isPicker(event.target)) markEmpty(event.target);
  });
  // What comes anew from the server does not know what was picked here in the meantime.
  document.addEventListener("htmx:after:swap", () => document.querySelectorAll("input.picker").forEach(markEmpty));
  document.addEventListener("change", (event) => {
    if (!isPicker(event.target)) return;
    if (typed) waiting = event.target;
    else choose(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target === waiting) choose(waiting);
    typed = false;
  });
}
