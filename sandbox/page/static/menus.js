// Menus are <details>: this closes them again, opens them upwards where there is no room, and moves with the arrow keys.

export function setUpMenus() {
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLDetailsElement) || !menu.classList.contains("menu")) return;
    if (menu.open) {
      closeMenus(menu);
      place(menu);
    } else {
      menu.classList.remove("up", "leftwards");
    }
  }, true);

  document.addEventListener("click", (event) => {
    const inside = event.target.closest("details.menu");
    const item = event.target.closest(".menu-item");
    if (item && item.tagName !== "LABEL") closeMenus();
    else closeMenus(inside);
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu[open]");
    if (event.key === "Escape" && menu) {
      event.preventDefault();
      event.stopPropagation();
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (menu && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      const items = [...menu.querySelectorAll(".menu-list :is(a, button, input)")];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const at = items.indexOf(document.activeElement);
      items[(at + step + items.length) % items.length]?.focus();
    } else if (event.key === "w" && !event.ctrlKey && !event.metaKey && !isTyping(event.target) && !document.querySelector("dialog[open]")) {
      const who = document.getElementById("who-menu");
      who.open = !who.open;
      (who.querySelector(".chosen") ?? who.querySelector("summary")).focus();
    }
  });

  document.addEventListener("change", (event) => {
    const menu = event.target.closest(".multi");
    if (menu) nameChosen(menu);
  });
  document.addEventListener("htmx:after:swap", () => document.querySelectorAll(".multi").forEach(nameChosen));
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except && !menu.contains(except ?? null)) menu.open = false;
  }
}

function place(menu) {
  const list = menu.querySelector(".menu-list");
  const box = menu.closest(".scroll, .modal-body, .sidebar") ?? document.documentElement;
  const floor = Math.min(box.getBoundingClientRect().bottom, innerHeight);
  const rect = list.getBoundingClientRect();
  menu.classList.toggle("leftwards", rect.right > innerWidth - 8);
  menu.classList.toggle("up", rect.bottom > floor && menu.getBoundingClientRect().top - rect.height > 60);
}

function nameChosen(menu) {
  const words = menu.querySelector("[data-chosen-words]");
  const chosen = [...menu.querySelectorAll("input:checked")].map((input) => input.parentElement.textContent.trim());
  words.textContent = chosen.join(", ") || words.dataset.placeholder;
}
