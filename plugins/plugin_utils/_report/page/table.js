// The rows: what is sought, chosen and sorted, as numbers into the page's table of texts. No elements before they are shown.
const Table = (function () {
  const { make } = Details;
  const SYMPTOMS = ["confirmed", "suspected", "unknown", "not_observed", "not_present"];
  const RESTARTS = {
    required: () => [make("span", { class: "badge s-reboot" }, "Required")],
    pending: () => ["Pending"],
    other: () => ["Pending", make("span", { class: "sub" }, "not for this hotfix")],
    no: () => ["No"],
    unknown: () => [none()],
  };
  const COLUMNS = ["host", "verdict", "symptom", "windows", "kernel", "restart", "why", "todo"];
  const none = () => make("span", { class: "quiet" }, "\u2013");
  const sub = (text) => (text ? make("span", { class: "sub" }, text) : null);
  const short = (text, most) => (text.length > most ? text.slice(0, most - 1) + "\u2026" : text);

  return function (data) {
    const at = Object.fromEntries(data.fields.map((name, place) => [name, place]));
    const size = data.rows.length;
    const text = (row, name) => data.texts[data.rows[row][at[name]]];
    const status = (row) => data.statuses[data.rows[row][at.status]];
    const keys = {};
    const found = [];

    // Rank of each text of a column; -1 for none, which stays at the end in both directions.
    function ranks(name, order) {
      const used = new Set(data.rows.map((row) => row[at[name]]));
      used.delete(0);
      const sorted = Array.from(used).sort((a, b) => order(data.texts[a], data.texts[b]));
      const rank = new Map(sorted.map((place, index) => [place, index]));
      return data.rows.map((row) => (rank.has(row[at[name]]) ? rank.get(row[at[name]]) : -1));
    }
    const plain = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    const severity = (a, b) => rankOf(a) - rankOf(b);
    const rankOf = (name) => (SYMPTOMS.includes(name) ? SYMPTOMS.indexOf(name) : SYMPTOMS.length);
    const makers = {
      host: () => data.rows.map((row) => row[at.place]),
      verdict: () => data.rows.map((row, index) => index),
      symptom: () => ranks("symptom", severity),
      windows: () => ranks("os", collator.compare),
      kernel: () => ranks("kernel", collator.compare),
      restart: () => data.rows.map((row) => (data.restarts[row[at.restart]] === "unknown" ? -1 : row[at.restart])),
      why: () => ranks("summary", plain),
      todo: () => ranks("advice", plain),
    };

    function sorted(rows, column, down) {
      const key = keys[column] || (keys[column] = makers[column]());
      const way = down ? -1 : 1;
      return rows.sort((a, b) => {
        const one = key[a], other = key[b];
        if (one < 0 || other < 0) return (one < 0) - (other < 0) || a - b;
        return (one - other) * way || a - b;
      });
    }
    function sought(row) {
      const names = ["os", "architecture", "kernel", "branch", "fixed", "symptom", "summary", "advice", "sought"];
      return [data.hosts[row], status(row)[1], ...names.map((name) => text(row, name))].join(" ").toLowerCase();
    }
    function shows(row, view) {
      if (!view) return true;
      const values = data.rows[row];
      if (view === "reboot_required") return data.restarts[values[at.restart]] === "required";
      if (view === "symptomatic") return values[at.seen] === 1;
      if (view.startsWith("change-")) return data.changes[values[at.change]] === view.slice("change-".length);
      return status(row)[0] === view;
    }
    function chosen(view, words) {
      const rows = [];
      for (let row = 0; row < size; row += 1) {
        if (!shows(row, view)) continue;
        if (words.length) {
          const all = found[row] || (found[row] = sought(row));
          if (!words.every((word) => all.includes(word))) continue;
        }
        rows.push(row);
      }
      return rows;
    }

    function cells(row) {
      const values = data.rows[row];
      const [, label, tone] = status(row);
      const was = values[at.was] < 0 ? null : `was ${data.statuses[values[at.was]][1]}`;
      const symptom = short(text(row, "symptom"), 40).replaceAll("_", " ");
      const shown = values[at.seen] ? make("span", { class: "badge s-symptom" }, symptom) : symptom;
      const kernel = short(text(row, "kernel"), 120);
      const branch = short(text(row, "branch"), 20).toUpperCase();
      const fixed = text(row, "fixed");
      const cell = (name, ...children) => make("td", { "data-label": name }, ...children);
      const running = cell("Running kernel", kernel || none(), branch && make("span", { class: "tag" }, branch),
        sub(fixed && short(`fixed from ${fixed}`, 120)));
      running.className = "num";
      return [
        cell("Verdict", make("span", { class: `badge ${tone}` }, label), sub(was)),
        cell("Symptom", symptom ? shown : none()),
        cell("Windows", short(text(row, "os"), 120) || none(), sub(short(text(row, "architecture"), 120))),
        running,
        cell("Restart", ...RESTARTS[data.restarts[values[at.restart]]]()),
        cell("Why", short(text(row, "summary"), 400)),
        cell("What to do", short(text(row, "advice"), 400)),
      ];
    }
    return { size, sorted, chosen, cells, columns: COLUMNS, host: (row) => data.hosts[row] };
  };
})();
