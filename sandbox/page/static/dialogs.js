// Dialogs: the app's modals open as they arrive, Escape cancels them on the server, and confirmations are asked here.

export function setUpDialogs() {
  openModals();
  document.addEventListener("htmx:after:swap", openModals);
  new MutationObserver(openModals).observe(document.getElementById("modals"), { childList: true });

  document.addEventListener("cancel", (event) => {
    if (!event.target.matches?.("dialog[data-modal]")) return;
    event.preventDefault();
    event.target.querySelector("[data-close]").click();
  }, true);

  document.addEventListener("refused", () => {
    document.querySelector("dialog[data-modal] .wrong :is(input, textarea, select, summary)")?.focus();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-no-submit]")) event.preventDefault();
  });

  setUpConfirmation();
  setUpEditing();
  setUpLinks();
}

function openModals() {
  for (const dialog of document.querySelectorAll("dialog[data-modal]")) {
    if (dialog.matches(":modal")) continue;
    dialog.removeAttribute("open");
    dialog.showModal();
    const first = dialog.querySelector("[autofocus], .modal-body :is(input, textarea, select):not([type=hidden])");
    (first ?? dialog.querySelector(".modal-foot .primary") ?? dialog).focus();
  }
}

function setUpConfirmation() {
  const dialog = document.getElementById("confirm");
  document.addEventListener("htmx:confirm", (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    const source = ctx.sourceElement;
    event.preventDefault();
    document.getElementById("confirm-title").textContent = source.dataset.confirmTitle ?? "Are you sure?";
    document.getElementById("confirm-text").textContent = ctx.confirm;
    const yes = document.getElementById("confirm-yes");
    yes.textContent = source.dataset.confirmYes ?? "Yes";
    yes.className = `button ${source.dataset.confirmStyle === "danger" ? "danger" : "primary"}`;
    document.getElementById("confirm-no").textContent = source.dataset.confirmNo ?? "Cancel";
    dialog.returnValue = "";
    dialog.addEventListener("close", () => (dialog.returnValue === "yes" ? issueRequest() : dropRequest()), { once: true });
    dialog.showModal();
    yes.focus();
  });
}

function setUpEditing() {
  const dialog = document.getElementById("edit");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-edit]");
    if (button) {
      dialog.querySelector("[name=ts]").value = button.dataset.edit;
      const text = dialog.querySelector("textarea");
      text.value = button.dataset.text;
      dialog.showModal();
      text.focus();
    }
    if (event.target.closest("[data-close-dialog]")) dialog.close();
  });
  document.addEventListener("edited", () => dialog.close());
}

/** A button that is also a link goes where it leads and tells the app. */
function setUpLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-also-use]");
    if (link) window.htmx.trigger(link, "use-link", {}, false);
    const item = event.target.closest("[data-open]");
    if (item) window.open(item.dataset.open, "_blank", "noopener");
  });
}
