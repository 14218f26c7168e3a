/* Tells of maintenance at the top of any page; what the attributes mean is in docs/maintenance.md. */
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script || !window.fetch || !Element.prototype.attachShadow) return;

  var KEY = "sla-announcements", EVERY = 60000, PATIENCE = 10000, MOST = 100;
  var CSS =
    ":host{all:initial;display:block}" +
    "li{list-style:none;display:flex;gap:1rem;align-items:flex-start;margin:0;padding:.75rem 1rem;" +
    "font:1rem/1.5 system-ui,sans-serif;color:#1b1f24;background:#eaf1fb;border-inline-start:.4rem solid #1f5fbf}" +
    "ul{margin:0;padding:0}" +
    "li.in_progress{background:#fff1d6;border-color:#8a4b00}" +
    "li.cancelled{background:#eef0f2;border-color:#4a5360}" +
    "div{flex:1;overflow-wrap:anywhere}p{margin:0;white-space:pre-line}" +
    "button{all:unset;box-sizing:border-box;min-width:2.75rem;min-height:2.75rem;text-align:center;font-size:1.5rem;" +
    "line-height:2.75rem;cursor:pointer}" +
    "button:focus-visible{outline:3px solid currentColor;outline-offset:-3px}" +
    "@media (prefers-color-scheme:dark){li{color:#e9edf2;background:#16263d;border-color:#7fb0ff}" +
    "li.in_progress{background:#3a2a0c;border-color:#f2b45c}li.cancelled{background:#262b31;border-color:#b4bdc9}}" +
    "@media print{:host{display:none}}";

  var source = new URL("announcements.json", script.src);
  var wanted = script.dataset.lang || document.documentElement.lang.slice(0, 2);
  if (wanted) source.searchParams.set("lang", wanted.toLowerCase());
  if (script.dataset.services) source.searchParams.set("services", script.dataset.services);

  var host, list, shown = "", dismissed = read();

  function read() {
    try {
      var kept = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(kept) ? kept : [];
    } catch (_) {
      return [];
    }
  }

  function dismiss(key) {
    dismissed = dismissed.concat(key).slice(-MOST);
    try {
      localStorage.setItem(KEY, JSON.stringify(dismissed));
    } catch (_) { /* remembered until the page is left */ }
  }

  function element(name, text, parent) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }

  function span(from, to, language) {
    var start = new Date(from), end = new Date(to);
    try {
      return new Intl.DateTimeFormat(language === "pt" ? "pt-PT" : language, {
        weekday: "short", day: "numeric", month: "long", year: "numeric",
        hour: "2-digit", minute: "2-digit", timeZoneName: "short"
      }).formatRange(start, end);
    } catch (_) {
      return start.toLocaleString() + " - " + end.toLocaleString();
    }
  }

  function pair(labels, name, value) {
    return labels.pair.split("{name}").join(name).replace("{value}", function () { return value; });
  }

  function item(one, found) {
    var key = one.id + ":" + one.sequence, made = element("li"), words = element("div", "", made);
    var labels = found.labels, titles = one.services.map(function (service) { return service.title; });
    made.className = one.state;
    element("strong", pair(labels, one.label, one.title), element("p", "", words));
    element("p", span(one.starts, one.ends, found.language), words);
    if (one.was) element("p", pair(labels, labels.before, span(one.was.starts, one.was.ends, found.language)), words);
    element("p", pair(labels, labels.services, titles.join(", ")), words);
    if (one.message) element("p", one.message, words);
    var button = element("button", "\u00d7", made);
    button.type = "button";
    button.setAttribute("aria-label", pair(labels, labels.dismiss, one.title));
    button.addEventListener("click", function () {
      var next = made.nextElementSibling || made.previousElementSibling;
      dismiss(key);
      made.remove();
      if (next) next.querySelector("button").focus();
    });
    made.addEventListener("keydown", function (event) {
      if (event.key === "Escape") button.click();
    });
    return made;
  }

  function show(text) {
    if (text === shown) return;
    var found = JSON.parse(text);
    if (found.version !== 1) return;
    shown = text;
    if (!host) begin();
    host.lang = found.language;
    list.parentNode.setAttribute("aria-label", found.labels.region);
    list.replaceChildren.apply(list, found.announcements.filter(function (one) {
      return dismissed.indexOf(one.id + ":" + one.sequence) < 0;
    }).map(function (one) { return item(one, found); }));
  }

  function begin() {
    host = element("div");
    var root = host.attachShadow({ mode: "open" }), region = element("section", "", root);
    try {
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
    } catch (_) { /* an old browser shows it plainly */ }
    list = element("ul", "", region);
    list.setAttribute("role", "list");
    region.setAttribute("aria-live", "polite");
    document.body.prepend(host);
  }

  function look() {
    setTimeout(look, EVERY * (0.9 + Math.random() / 5));
    if (document.hidden && shown) return;
    var stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, PATIENCE);
    fetch(source, { credentials: "omit", signal: stop.signal })
      .then(function (answer) { return answer.ok ? answer.text() : shown; })
      .then(function (text) { if (text) show(text); })
      .catch(function () { /* nothing is told while nothing can be asked */ })
      .then(function () { clearTimeout(timer); });
  }

  if (document.body) look();
  else document.addEventListener("DOMContentLoaded", look);
})();
