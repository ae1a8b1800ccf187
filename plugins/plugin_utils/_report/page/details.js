"use strict";
// Makes elements, and of a host's assessment all that is told of it.
const Details = (function () {
  // Text of a host is only ever put into the page as text.
  function make(tag, options, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(options || {})) {
      if (name === "class") node.className = value;
      else node.setAttribute(name, value);
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== "") node.append(child);
    }
    return node;
  }
  const object = (value) => (value && typeof value === "object" && !Array.isArray(value) ? value : {});
  const list = (value) => (Array.isArray(value) ? value : []);
  function word(value) {
    if (value === null || value === undefined || value === "") return make("span", { class: "quiet" }, "not known");
    if (value === true) return "yes";
    if (value === false) return "no";
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
  const code = (value) => make("code", {}, typeof value === "object" ? JSON.stringify(value) : String(value));
  function facts(pairs) {
    return make("dl", {}, pairs.map(([name, value]) => [make("dt", {}, name), make("dd", {}, word(value))]));
  }
  function part(title, ...children) {
    const filled = children.flat(Infinity).filter((child) => child);
    return filled.length ? make("section", {}, make("h3", {}, title), filled) : null;
  }
  const items = (values, show) => (values.length ? make("ul", {}, values.map((one) => make("li", {}, show(one)))) : null);
  const version = (one) => [code(one.version), " ", String(one.branch || "").toUpperCase()];

  function kernels(result) {
    const kernel = object(result.kernel);
    const seen = object(object(result.details).kernel);
    const running = object(seen.running);
    const pairs = [["Fixed from", kernel.fixed], ["Running", kernel.running && `${kernel.running} ${String(kernel.branch || "").toUpperCase()}`]];
    if (running.lab) pairs.push(["Build lab", running.lab]);
    const disk = items(list(seen.on_disk).map(object), (one) => [
      version(one), " ", code(one.path), one.runs === true ? " (the one that boots)" : ""]);
    return part("Kernel", result.kernel && facts(pairs), disk && make("p", {}, "On disk:"), disk);
  }
  function packages(result) {
    const known = object(result.details);
    if (!("packages" in known)) return null;
    if (known.packages === null) return part("Packages", make("p", { class: "quiet" }, "not known or not asked"));
    const found = list(known.packages).map(object);
    if (!found.length) return part("Packages", make("p", {}, "Servicing knows no package of this hotfix."));
    return part("Packages", items(found, (one) => [
      code(one.identity), ": ", word(one.state), one.code === null ? "" : ` (${one.code})`, one.root ? ", the whole hotfix" : ""]));
  }
  function system(result) {
    const known = object(result.details);
    const os = object(known.os);
    if (!known.os) return null;
    const winrm = object(known.winrm);
    const edition = os.edition_listed === false ? "not listed in the article" : os.edition_listed === true ? "listed in the article" : null;
    return part("Windows", facts([
      ["Name", os.name], ["Caption", os.caption], ["Version", os.version], ["Edition", os.sku_name || os.sku], ["The edition is", edition],
      ["Role", os.product_type], ["Architecture", os.architecture], ["Folder", os.windows_directory], ["Last boot", os.last_boot],
      ["WinRM stack", winrm.stack], ["Messages", known.messages]]));
  }
  function restart(result) {
    if (!result.restart) return null;
    const due = object(result.restart);
    return part("Restart", facts([["For this hotfix", due.required], ["Pending at all", due.pending],
      ["Reasons", list(due.reasons).join(", ") || "none that is set"]]));
  }
  function symptom(result) {
    const known = object(result.details);
    const found = object(known.symptom);
    const driver = object(found.driver);
    const staging = object(known.staging);
    const events = items(list(found.events).map(object), (one) => `${one.time} ${one.source} ${one.code}`);
    return part("Symptom and staging",
      known.symptom && facts([["Symptom", found.status], ["Driver Tcpipreg", driver.state], ["Start mode", driver.start_mode]]), events,
      known.staging && facts([["Staged by us", staging.present], ["Folder", staging.folder]]));
  }
  function details(entry) {
    const result = object(entry.result);
    const known = object(result.details);
    const reasons = items(list(known.reasons).map(object), (one) => [String(one.text || ""), " ", code(one.code)]);
    const advice = object(result.next).text;
    const unknown = items(list(result.unknown).map(object), (one) => [code(one.question), " ", code(one.cause), " ", String(one.detail || "")]);
    const skipped = list(known.not_asked).join(", ");
    const evidence = object(known.evidence);
    const count = Object.keys(evidence).length;
    const raw = count ? evidence : result;
    const block = make("details", {}, make("summary", {}, count ? `Raw evidence (${count} questions)` : "Raw result"));
    block.addEventListener("toggle", () => {
      if (block.open && !block.querySelector("pre")) block.append(make("pre", {}, JSON.stringify(raw, null, 2)));
    });
    const said = entry.summary ? make("p", {}, entry.summary) : null;
    const grid = make("div", { class: "facts" },
      part("Why", said, reasons), part("What to do", advice ? make("p", {}, String(advice)) : null), part("Not known", unknown),
      kernels(result), packages(result), restart(result), symptom(result), system(result),
      part("Not asked", skipped ? make("p", { class: "quiet" }, skipped) : null));
    grid.append(make("section", { class: "wide" }, block));
    return grid;
  }
  return { make, details, object };
})();
