// The message box: Enter sends, drafts are kept, and names, channels and commands are completed.

export function setUpComposers() {
  for (const form of document.querySelectorAll(".composer")) restoreDraft(form);

  document.addEventListener("input", (event) => {
    const form = event.target.closest(".composer");
    if (!form || event.target.tagName !== "TEXTAREA") return;
    keepDraft(form);
    suggest(form);
  });

  document.addEventListener("keydown", (event) => {
    const text = event.target;
    if (!text.matches?.("textarea[data-submit-on-enter]")) return;
    const form = text.form;
    const list = form.querySelector(".suggestions");
    if (list && !list.hidden && steer(form, list, event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (text.value.trim() || form.querySelector("[type=file]")?.files.length) form.requestSubmit();
    }
  });

  document.addEventListener("said", (event) => {
    const form = event.target.closest(".composer");
    if (!form) return;
    form.reset();
    form.querySelector(".attached").textContent = "";
    keepDraft(form);
    form.querySelector("textarea").focus();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches(".composer [type=file]")) return;
    const names = [...event.target.files].map((file) => file.name).join(", ");
    event.target.form.querySelector(".attached").textContent = names;
  });

  document.addEventListener("click", (event) => {
    const hint = event.target.closest("[data-insert]");
    const choice = event.target.closest(".suggestions li");
    if (hint) {
      const text = document.getElementById("text-channel");
      if (!text) return;
      text.value = hint.dataset.insert;
      text.focus();
      document.body.classList.remove("nav-open");
    } else if (choice) {
      complete(choice.closest("form"), choice);
    } else if (!event.target.closest(".composer")) {
      document.querySelectorAll(".suggestions").forEach((list) => { list.hidden = true; });
    }
  });
}

const draftKey = (form) => `draft ${form.dataset.composer}`;

function restoreDraft(form) {
  const text = form.querySelector("textarea");
  const draft = sessionStorage.getItem(draftKey(form));
  if (draft && !text.value) text.value = draft;
}

function keepDraft(form) {
  const words = form.querySelector("textarea").value;
  if (words) sessionStorage.setItem(draftKey(form), words);
  else sessionStorage.removeItem(draftKey(form));
}

function openWord(text) {
  const before = text.value.slice(0, text.selectionStart);
  return /(^\/[\w-]*|(?:^|\s)[@#][\w.-]*)$/.exec(before)?.[0].trim() ?? "";
}

function suggest(form) {
  const list = form.querySelector(".suggestions");
  const word = openWord(form.querySelector("textarea")).toLowerCase();
  const offers = word.startsWith("/")
    ? JSON.parse(form.dataset.commands).map((insert) => ({ insert, label: "command" }))
    : JSON.parse(form.dataset.names);
  const fits = word
    ? offers.filter(({ insert, label }) => insert.toLowerCase().startsWith(word) || (word.length > 1 && insert[0] === word[0] && label.toLowerCase().includes(word.slice(1))))
    : [];
  list.replaceChildren(...fits.slice(0, 8).map(({ insert, label }, index) => {
    const item = document.createElement("li");
    const quiet = document.createElement("span");
    quiet.textContent = label;
    item.append(insert, quiet);
    item.dataset.complete = insert;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(index === 0));
    return item;
  }));
  list.hidden = fits.length === 0 || (fits.length === 1 && fits[0].insert.toLowerCase() === word);
}

function steer(form, list, event) {
  const chosen = list.querySelector("[aria-selected=true]");
  if (event.key === "Escape") {
    list.hidden = true;
  } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
    complete(form, chosen);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = (event.key === "ArrowDown" ? chosen.nextElementSibling ?? list.firstElementChild : chosen.previousElementSibling ?? list.lastElementChild);
    chosen.setAttribute("aria-selected", "false");
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}

function complete(form, item) {
  const text = form.querySelector("textarea");
  const word = openWord(text);
  const end = text.selectionStart;
  text.setRangeText(`${item.dataset.complete} `, end - word.length, end, "end");
  form.querySelector(".suggestions").hidden = true;
  text.focus();
  keepDraft(form);
}
