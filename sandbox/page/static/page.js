// The page's own behaviour: what HTML and htmx do not do by themselves. No state lives here; the server draws everything.

import { setUpComposers } from "./composer.js";
import { setUpDates } from "./dates.js";
import { setUpDialogs } from "./dialogs.js";
import { setUpMenus } from "./menus.js";
import { setUpTables } from "./tables.js";

setUpMenus();
setUpDialogs();
setUpComposers();
setUpDates();
setUpTables();
setUpConnection();
setUpScrolling();
setUpClock();
setUpInspector();
setUpPeople();
setUpToasts();
setUpFolds();

/** Says so while the sandbox is away; the stream finds it again by itself and brings everything up to date. */
function setUpConnection() {
  const live = document.getElementById("live");
  live.addEventListener("htmx:sse:error", () => {
    live.textContent = "The sandbox is away. Waiting for it…";
    document.body.classList.add("offline");
  });
  live.addEventListener("htmx:sse:after:connection", () => {
    live.textContent = "";
    document.body.classList.remove("offline");
  });
}

/** Conversations stay at their end while they are there, and start at the message that an address names. */
function setUpScrolling() {
  for (const box of document.querySelectorAll("#timeline, #thread")) {
    let atEnd = true;
    const toEnd = () => { box.scrollTop = box.scrollHeight; };
    box.addEventListener("scroll", () => {
      atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    }, { passive: true });
    const wanted = box.querySelector("[data-focus]");
    if (wanted) wanted.scrollIntoView({ block: "center" });
    else toEnd();
    const follow = () => { if (atEnd) toEnd(); };
    new MutationObserver(follow).observe(box, { childList: true, subtree: true, characterData: true });
    new ResizeObserver(follow).observe(box);
  }
}

/** The clock goes on between two events from the server. */
function setUpClock() {
  let epoch = 0;
  let since = 0;
  const show = () => {
    const face = document.getElementById("clock-time");
    if (!face) return;
    if (Number(face.dataset.epoch) !== epoch) {
      epoch = Number(face.dataset.epoch);
      since = performance.now();
    }
    const now = new Date(epoch * 1000 + performance.now() - since);
    const parts = { timeZone: face.dataset.tz, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const words = new Intl.DateTimeFormat("en-GB", parts).formatToParts(now);
    const part = (type) => words.find((one) => one.type === type)?.value ?? "";
    face.textContent = `${part("weekday")} ${part("day")} ${part("month")}, ${part("hour")}:${part("minute")}`;
  };
  show();
  setInterval(show, 5000);
  document.addEventListener("htmx:after:swap", show);
}

/** The list of traffic is fetched only while it is open, and an exchange only when it is looked at. */
function setUpInspector() {
  const inspector = document.getElementById("inspector");
  const list = document.getElementById("inspector-list");
  const refresh = () => { if (inspector.open) window.htmx.trigger(list, "inspect", {}, false); };
  inspector.addEventListener("toggle", refresh);
  let pending = 0;
  document.getElementById("live").addEventListener("traffic", () => {
    clearTimeout(pending);
    pending = setTimeout(refresh, 200);
  });
  list.addEventListener("toggle", (event) => {
    const exchange = event.target.closest(".exchange");
    if (exchange?.open) window.htmx.trigger(exchange.querySelector(".exchange-body"), "look", {}, false);
  }, true);
}

/** Switching person keeps the place; the narrow window's list of channels opens and closes. */
function setUpPeople() {
  // The app's permalinks lead back here: they open in this window, as the person one is now.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[target=_blank]");
    const address = link && new URL(link.href);
    if (!link || address.origin !== location.origin || !address.pathname.startsWith("/archives/") || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    address.searchParams.set("as", document.body.dataset.person);
    setTimeout(() => location.assign(address), link.matches("[data-also-use]") ? 150 : 0);
  });
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("a[data-as]");
    if (choice && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      const address = new URL(location.href);
      address.searchParams.set("as", choice.dataset.as);
      location.assign(address);
    }
  });
  const toggle = document.querySelector(".nav-toggle");
  const open = (wanted) => {
    document.body.classList.toggle("nav-open", wanted);
    toggle.setAttribute("aria-expanded", String(wanted));
  };
  toggle.addEventListener("click", (event) => {
    event.stopPropagation();
    open(!document.body.classList.contains("nav-open"));
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#sidebar")) open(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") open(false);
  });
}

/** What a person has folded stays folded on the next page. */
function setUpFolds() {
  for (const fold of document.querySelectorAll("#hints, #inspector")) {
    const key = `fold ${fold.id}`;
    const kept = localStorage.getItem(key);
    if (kept) fold.open = kept === "open";
    fold.addEventListener("toggle", () => localStorage.setItem(key, fold.open ? "open" : "closed"));
  }
}

function setUpToasts() {
  const box = document.getElementById("toasts");
  // A popover stands above an open dialog; it is shown anew so that it stands above one that opened since.
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    for (const toast of added) setTimeout(() => toast.remove?.(), 6000);
    if (box.matches(":popover-open") && (added.length || !box.children.length)) box.hidePopover();
    if (box.children.length && !box.matches(":popover-open")) box.showPopover();
  }).observe(box, { childList: true });
  const say = (words) => {
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = words;
    box.append(toast);
  };
  document.addEventListener("htmx:error", () => say("The sandbox did not answer. Is it still running?"));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard?.writeText(new URL(button.dataset.copy, location.href).href);
    say("Link copied.");
  });
}
