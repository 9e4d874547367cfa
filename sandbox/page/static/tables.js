// Data tables: sorting by a column, turning pages, filtering rows. The rows are all there; this shows and hides them.

export function setUpTables() {
  document.addEventListener("click", (event) => {
    const sort = event.target.closest(".data-table .sort");
    const turn = event.target.closest(".data-table [data-turn]");
    if (sort) sortBy(sort);
    if (turn) show(turn.closest(".data-table"), Number(turn.dataset.turn));
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches(".table-search")) show(event.target.closest(".data-table"), 0, true);
  });
}

function sortBy(button) {
  const head = button.closest("th");
  const table = head.closest("table");
  const column = [...head.parentElement.children].indexOf(head);
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentElement.children) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = (row) => row.children[column].dataset.sort;
  const order = button.dataset.numeric === "yes"
    ? (a, b) => Number(key(a)) - Number(key(b))
    : (a, b) => key(a).localeCompare(key(b));
  const rows = [...table.tBodies[0].rows].sort(down ? (a, b) => order(b, a) : order);
  table.tBodies[0].append(...rows);
  show(table.closest(".data-table"), 0, true);
}

function show(box, turn, fromStart = false) {
  const words = box.querySelector(".table-search")?.value.trim().toLowerCase() ?? "";
  const rows = [...box.querySelectorAll("tbody tr")];
  const fits = rows.filter((row) => row.textContent.toLowerCase().includes(words));
  const size = Number(box.dataset.pageSize);
  const last = Math.max(0, Math.ceil(fits.length / size) - 1);
  const page = Math.min(last, Math.max(0, (fromStart ? 0 : Number(box.dataset.page ?? 0)) + turn));
  box.dataset.page = String(page);
  const shown = new Set(fits.slice(page * size, page * size + size));
  for (const row of rows) row.hidden = !shown.has(row);
  const pager = box.querySelector(".pager");
  if (!pager) return;
  pager.querySelector(".pager-words").textContent = fits.length
    ? `${page * size + 1}–${Math.min(fits.length, page * size + size)} of ${fits.length}`
    : "Nothing fits";
  pager.querySelector("[data-turn='-1']").disabled = page === 0;
  pager.querySelector("[data-turn='1']").disabled = page === last;
}
