(function () {
  const { make, details, object } = Details;
  const STEP = 100;
  // More rows than this take more memory than a page should, on paper too.
  const MOST = 2000;
  const KEPT = 20;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  byId("data").textContent = "";
  const rows = Table(data);
  const table = byId("table"), text = byId("text"), view = byId("view"), all = byId("all"), more = byId("more"), every = byId("every");
  const cards = Array.from(document.querySelectorAll("#cards button"));
  const headers = Array.from(table.tHead.rows[0].cells);
  const number = new Intl.NumberFormat("en");
  const bodies = new Map();
  const opened = new Map();
  const picked = new Set();
  const packs = new Map();
  let column = "verdict", down = false, order = [], limit = STEP;

  // --- details -------------------------------------------------------------------------------------------------------
  async function unpacked(place) {
    if (!packs.has(place)) {
      if (typeof DecompressionStream === "undefined") throw new Error("this browser is too old to open them");
      const bytes = Uint8Array.from(atob(data.packs[place]), (one) => one.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      packs.set(place, await new Response(stream).json());
      if (packs.size > KEPT) packs.delete(packs.keys().next().value);
    }
    return packs.get(place);
  }
  async function fill(row, cell) {
    try {
      const pack = await unpacked(Math.floor(row / data.pack));
      cell.replaceChildren(details(object(pack[row % data.pack])));
    } catch (error) {
      cell.replaceChildren(make("p", {}, `The details cannot be shown: ${error.message}. The JSON report has them.`));
    }
    cell.parentNode.removeAttribute("aria-busy");
  }
  function open(row, wanted) {
    const body = bodies.get(row);
    const button = body.querySelector(".host");
    if (wanted && !opened.has(row)) {
      const cell = make("td", { colspan: headers.length });
      opened.set(row, make("tr", { class: "detail", id: button.getAttribute("aria-controls"), "aria-busy": "true" }, cell));
      body.append(opened.get(row));
      fill(row, cell);
    }
    if (opened.has(row)) opened.get(row).hidden = !wanted;
    button.setAttribute("aria-expanded", String(wanted));
  }

  // --- the table -----------------------------------------------------------------------------------------------------
  function body(row) {
    if (bodies.has(row)) return bodies.get(row);
    const host = rows.host(row);
    const box = make("input", { type: "checkbox", class: "pick", "aria-label": `Select ${host}` });
    box.checked = picked.has(row);
    const button = make("button", { type: "button", class: "host", "aria-expanded": "false", "aria-controls": `d${row}` }, host);
    const made = make("tbody", { "data-row": row }, make("tr", {}, make("th", { scope: "row" }, box, button), rows.cells(row)));
    bodies.set(row, made);
    return made;
  }
  function show() {
    const shown = order.slice(0, limit);
    const left = order.length - shown.length;
    while (table.tBodies.length) table.tBodies[0].remove();
    table.append(...shown.map(body));
    byId("further").hidden = left <= 0;
    more.textContent = `Show ${number.format(Math.min(STEP, left))} more`;
    every.textContent = order.length > MOST ? `Show the first ${number.format(MOST)}` : `Show all ${number.format(order.length)}`;
    every.hidden = limit >= MOST;
    byId("cut").textContent = left > 0 ? `The first ${number.format(shown.length)} of ${number.format(order.length)} hosts are shown.` : "";
    byId("shown").textContent = `${number.format(order.length)} of ${number.format(rows.size)} hosts`;
    byId("nothing").hidden = order.length > 0;
  }
  function update(remember = true) {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    order = rows.sorted(rows.chosen(view.value, words), column, down);
    limit = STEP;
    for (const card of cards) card.setAttribute("aria-pressed", String(card.dataset.view === view.value));
    headers.forEach((one, place) => {
      const chosen = rows.columns[place] === column;
      one.setAttribute("aria-sort", chosen ? (down ? "descending" : "ascending") : "none");
    });
    show();
    if (remember) keep();
  }

  // --- the state in the address --------------------------------------------------------------------------------------
  function keep() {
    const state = new URLSearchParams();
    if (column !== "verdict" || down) state.set("sort", (down ? "-" : "") + column);
    if (view.value) state.set("show", view.value);
    if (text.value) state.set("find", text.value);
    const wanted = state.toString();
    try {
      history.replaceState(null, "", wanted ? `#${wanted}` : "#");
    } catch (error) {
      // A browser that forbids it for files: the page works without.
    }
  }
  function restore() {
    const wanted = location.hash.slice(1);
    if (wanted && !wanted.includes("=")) return false;
    const state = new URLSearchParams(wanted);
    const sort = state.get("sort") || "verdict";
    down = sort.startsWith("-");
    column = rows.columns.includes(sort.replace("-", "")) ? sort.replace("-", "") : "verdict";
    const views = Array.from(view.options, (one) => one.value);
    view.value = views.includes(state.get("show")) ? state.get("show") : "";
    text.value = state.get("find") || "";
    return true;
  }

  // --- hosts for a command line --------------------------------------------------------------------------------------
  // A name with anything else in it is a pattern to --limit, and would choose other hosts.
  const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;
  const LINE = 100;
  async function copy() {
    const wanted = picked.size ? Array.from(picked).sort((a, b) => a - b) : order;
    const names = wanted.map(rows.host);
    const plain = names.filter((name) => PLAIN.test(name));
    const file = plain.length > LINE;
    const said = file ? plain.join("\n") : `--limit '${plain.join(",")}'`;
    const notes = [`${number.format(plain.length)} ${picked.size ? "selected" : "shown"} ${plain.length === 1 ? "host" : "hosts"}`];
    if (file) notes.push("too many for a command line: save them as a file, and say --limit @FILE");
    if (plain.length < names.length) {
      notes.push(`${number.format(names.length - plain.length)} left out, whose names --limit takes for patterns`);
    }
    byId("limit").hidden = false;
    byId("limit-text").value = plain.length ? said : "";
    if (!plain.length) {  // an empty --limit is every host to Ansible
      const why = names.length ? notes.at(-1) : "no host is shown";
      byId("limit-note").textContent = `Nothing to copy: ${why}.`;
      return;
    }
    byId("limit-text").select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(said);
      copied = true;
    } catch (error) {
      copied = document.execCommand("copy");
    }
    byId("limit-note").textContent = `${notes.join("; ")}.${copied ? " Copied." : " Copy them from here."}`;
  }

  // --- what people do ------------------------------------------------------------------------------------------------
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.classList.contains("host")) {
      open(Number(button.closest("tbody").dataset.row), button.getAttribute("aria-expanded") !== "true");
      return;
    }
    const chosen = rows.columns[headers.indexOf(button.closest("th"))];
    down = chosen === column && !down;
    column = chosen;
    update();
  });
  table.addEventListener("change", (event) => {
    const box = event.target.closest(".pick");
    if (!box) return;
    const row = Number(box.closest("tbody").dataset.row);
    if (box.checked) picked.add(row);
    else picked.delete(row);
    byId("copy").textContent = picked.size ? `Copy ${number.format(picked.size)} as --limit` : "Copy as --limit";
  });
  all.addEventListener("click", () => {
    const wanted = all.getAttribute("aria-pressed") !== "true";
    all.setAttribute("aria-pressed", String(wanted));
    all.textContent = wanted ? "Close all details" : "Open all details";
    const concerned = wanted ? order.slice(0, limit) : Array.from(opened.keys());
    for (const row of concerned) open(row, wanted);
  });
  for (const card of cards) {
    card.addEventListener("click", () => {
      view.value = view.value === card.dataset.view ? "" : card.dataset.view;
      update();
    });
  }
  byId("copy").addEventListener("click", copy);
  text.addEventListener("input", () => update());
  view.addEventListener("change", () => update());
  more.addEventListener("click", () => {
    const next = order[limit];
    limit += STEP;
    show();
    bodies.get(next).querySelector(".host").focus();
  });
  every.addEventListener("click", () => {
    const next = order[limit];
    limit = Math.min(order.length, MOST);
    show();
    bodies.get(next).querySelector(".host").focus();
  });
  window.addEventListener("hashchange", () => { if (restore()) update(false); });
  // Paper has no button for more. What is left out is said there too.
  const lists = Array.from(document.querySelectorAll("#changes details"));
  let before = STEP;
  window.addEventListener("beforeprint", () => {
    before = limit;
    limit = Math.max(limit, MOST);
    for (const one of lists) one.open = true;
    show();
  });
  window.addEventListener("afterprint", () => { limit = before; show(); });

  document.querySelector(".tools").hidden = false;
  restore();
  update(false);
})();
