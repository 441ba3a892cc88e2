/* The one script. Every page works without it; nothing is kept in the browser. It runs before htmx.
   Attributes it reads (docs/look.md has an example of each):
     data-key="n"          the key focuses this field or presses this link or button; data-key-label names it in the help
     data-rows             j and k walk over its rows (tr or li), x ticks, Enter opens the focused link
     data-tick-all="name"  ticks every checkbox of that name in the form; data-ticked-count shows how many
     data-guard            a form that warns before unsaved changes are lost
     data-quick            a form that Ctrl+Enter sends; with Shift, by its second button
     role="combobox"       a field whose listbox (aria-controls) htmx fills; an option opens its data-url
     data-download         a form whose answer is a file: its button comes back by itself
     data-autosubmit       a select or checkbox that sends its form
     data-lean             a GET form that leaves its empty fields out of the address
     data-remember         a part whose htmx GETs become the address of the page
     data-focus            takes the focus when it appears (error summary)
     data-order="form"     a list whose items (data-item, dragged by their data-grip) are ordered; the form gets the keys
     data-copy="text"      a button that copies the text
     data-words="id"       text whose selected words go into that field when a data-take button is pressed
     data-take             that button (hidden until the script shows it)
     data-print            a button that prints (hidden until the script shows it)
     data-help             a button that shows the keys */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const visible = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
  const goTo = (row) => (row.querySelector("a[href]") || row.querySelector("button, input"))?.focus();
  const keysOff = document.documentElement.dataset.keys === "off";

  /* htmx would keep the address of the page in the tab's storage; it does without when there is none. */
  ["localStorage", "sessionStorage"].forEach((name) => Object.defineProperty(window, name, {
    get() { throw new DOMException("Nothing is kept in the browser.", "SecurityError"); },
  }));

  /* --- messages ------------------------------------------------------------------------------------------ */
  const say = (text, tone = "warning") => {
    const region = document.getElementById("messages");
    if (!region || all("p", region).some((said) => said.textContent === text)) return;
    const toast = document.createElement("div");
    const words = document.createElement("p");
    toast.className = `toast ${tone}`;
    words.textContent = text;
    toast.append(words);
    region.append(toast);
  };

  /* --- keys ---------------------------------------------------------------------------------------------- */
  const help = document.getElementById("keys");
  const named = (element) => element.dataset.keyLabel || element.getAttribute("aria-label")
    || [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();

  const showHelp = () => {
    if (!help || help.open) return;
    const list = help.querySelector("dl");
    all("[data-made]", list).forEach((line) => line.remove());
    all("[data-key]").forEach((element) => {
      const line = document.createElement("div");
      const key = document.createElement("dt");
      const does = document.createElement("dd");
      const cap = document.createElement("kbd");
      line.dataset.made = "";
      cap.textContent = element.dataset.key;
      does.textContent = named(element);
      key.append(cap);
      line.append(key, does);
      list.prepend(line);
    });
    help.showModal();
  };

  const typing = (element) => element.isContentEditable || element.matches("textarea, select")
    || (element.matches("input") && !["checkbox", "radio", "button", "submit"].includes(element.type));

  const rows = () => all("[data-rows]").flatMap((list) => all("tr, li", list.tBodies ? list.tBodies[0] : list))
    .filter((row) => visible(row) && row.querySelector("a[href], input, button"));

  const walk = (step) => {
    const list = rows();
    if (!list.length) return;
    const now = list.findIndex((row) => row.contains(document.activeElement));
    const row = list[now < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(now + step, 0), list.length - 1)];
    goTo(row);
    row.scrollIntoView({ block: "nearest" });
  };

  const pressKey = (event) => {
    const element = all("[data-key]").find((one) => one.dataset.key === event.key
      && (visible(one) || one.closest("details:not([open])")));
    if (!element) return false;
    if (typing(element)) { element.focus(); element.select?.(); } else element.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("details.menu[open]");
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
      return;
    }
    if (event.key === "Escape" && event.target.matches?.(".find input")) event.target.blur();
    const quick = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.("form[data-quick]");
    if (quick) {
      event.preventDefault();
      quick.requestSubmit(all("button[type=submit]", quick)[event.shiftKey ? 1 : 0]);
      return;
    }
    if (keysOff || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help?.open) return;
    if (typing(event.target)) return;
    if (event.key === "?") showHelp();
    else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "x" && event.target.closest("[data-rows] :is(tr, li)")) {
      event.target.closest("tr, li").querySelector("input[type=checkbox]")?.click();
    } else if (!pressKey(event)) return;
    event.preventDefault();
  });

  /* --- suggestions --------------------------------------------------------------------------------------- */
  all("[role=combobox]").forEach((box) => {
    const list = () => document.getElementById(box.getAttribute("aria-controls"));
    const options = () => all("[role=option]", list());
    const point = (option) => {
      options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
      if (option) box.setAttribute("aria-activedescendant", option.id); else box.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    };
    const tell = () => { point(null); box.setAttribute("aria-expanded", String(list().childElementCount > 0)); };
    const close = () => { list().replaceChildren(); tell(); };
    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const [found, step] = [options(), { ArrowDown: 1, ArrowUp: -1 }[event.key]];
      const now = found.findIndex((option) => option.id === box.getAttribute("aria-activedescendant"));
      if (step && found.length) point(found[now < 0 ? (step > 0 ? 0 : found.length - 1) : now + step] || null);
      else if (event.key === "Enter" && now >= 0) location.assign(found[now].dataset.url);
      else if (event.key === "Escape" && list().childElementCount) { close(); event.stopPropagation(); }
      else return;
      event.preventDefault();
    });
    /* The field keeps the focus while an option is pressed. */
    box.form.addEventListener("mousedown", (event) => { if (event.target.closest("[role=listbox]")) event.preventDefault(); });
    box.form.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.url);
    });
    box.addEventListener("blur", close);
    box.form.addEventListener("htmx:afterSettle", () => { if (document.activeElement === box) tell(); else close(); });
  });

  /* --- ticking rows -------------------------------------------------------------------------------------- */
  let lastTicked = null;
  const boxesOf = (form, name) => all(`input[type=checkbox][name="${CSS.escape(name)}"]:not(:disabled)`, form);

  const count = (form) => {
    const master = form.querySelector("[data-tick-all]");
    if (!master) return;
    const boxes = boxesOf(form, master.dataset.tickAll);
    const ticked = boxes.filter((box) => box.checked).length;
    form.dataset.ticked = String(ticked);
    master.checked = ticked > 0 && ticked === boxes.length;
    master.indeterminate = ticked > 0 && ticked < boxes.length;
    all("[data-ticked-count]", form).forEach((place) => { place.textContent = `${ticked} ticked`; });
  };

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("input[type=checkbox]");
    const form = box?.form;
    const master = form?.querySelector("[data-tick-all]");
    if (master && box === master) boxesOf(form, master.dataset.tickAll).forEach((one) => { one.checked = master.checked; });
    if (master && box.name === master.dataset.tickAll) {
      const boxes = boxesOf(form, box.name);
      const [from, to] = [boxes.indexOf(lastTicked), boxes.indexOf(box)].sort((a, b) => a - b);
      if (event.shiftKey && from >= 0) boxes.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
      lastTicked = box;
    }
    if (master) count(form);
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (event.target.closest?.("[data-help]")) showHelp();
    if (event.target.closest?.("[data-print]")) print();
    if (event.target.closest?.("[data-take]")) takeWords();
    const copy = event.target.closest?.("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => say("Copied.", "success"), () => say("Copying is not possible here."));
  });

  /* --- words of a reply ------------------------------------------------------------------------------------ */
  const takeWords = () => {
    const selection = getSelection();
    const words = String(selection).trim();
    const ends = [selection.anchorNode, selection.focusNode].map((node) => (node?.closest ? node : node?.parentElement)?.closest("[data-words]"));
    const field = words && ends[0] && ends[0] === ends[1] && document.getElementById(ends[0].dataset.words);
    if (!field) { say("Select words of the reply, or of its translation, first."); return; }
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  /* The selection outlives the press of the button. */
  document.addEventListener("mousedown", (event) => { if (event.target.closest?.("[data-take]")) event.preventDefault(); });

  /* --- forms --------------------------------------------------------------------------------------------- */
  const dirty = new Set();
  const release = (form) => {
    delete form.dataset.sent;
    all("button[data-waits]", form).forEach((button) => { button.disabled = false; delete button.dataset.waits; });
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-guard]")) dirty.add(form);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form?.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (form.matches("[data-lean]")) all("input, select", form).forEach((field) => {
      if (field.value === "" && !field.disabled) { field.disabled = true; setTimeout(() => { field.disabled = false; }); }
    });
    if (form.method === "dialog") return;
    dirty.delete(form);
    if (form.method !== "post") return;
    form.dataset.sent = "1";
    /* Disabled after the browser has read the form, so that the pressed button is sent with it. */
    setTimeout(() => all("button:not([type=button]):not(:disabled)", form).forEach((button) => {
      button.disabled = true;
      button.dataset.waits = "";
    }));
    if (form.matches("[data-download]")) setTimeout(() => release(form), 3000);
  }, true);
  addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
  });
  addEventListener("pageshow", () => { all("form[data-sent]").forEach(release); all("form").forEach(count); });

  /* --- order by dragging (with buttons and keys, too: the page has them) ------------------------------------- */
  let drag = null;
  const keysIn = (list) => all(":scope > [data-item]", list).map((item) => item.dataset.item).join(" ");

  document.addEventListener("dragstart", (event) => {
    const item = event.target.closest?.("[data-grip]")?.closest("[data-order] > [data-item]");
    if (!item) return;
    drag = { item, list: item.parentElement, next: item.nextElementSibling, keys: keysIn(item.parentElement) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(item, 16, 16);
    item.classList.add("dragged");
  });
  document.addEventListener("dragover", (event) => {
    if (!drag || !drag.list.contains(event.target)) return;
    event.preventDefault();
    const over = event.target.closest("[data-item]");
    if (!over || over === drag.item) return;
    const box = over.getBoundingClientRect();
    const place = event.clientY > box.top + box.height / 2 ? "after" : "before";
    if ((place === "after" ? over.nextElementSibling : over.previousElementSibling) !== drag.item) over[place](drag.item);
  });
  document.addEventListener("drop", (event) => { if (drag) event.preventDefault(); });
  document.addEventListener("dragend", (event) => {
    if (!drag) return;
    const { item, list, next, keys } = drag;
    drag = null;
    item.classList.remove("dragged");
    const form = document.getElementById(list.dataset.order);
    if (event.dataTransfer.dropEffect === "none" || !form) { list.insertBefore(item, next); return; }
    if (keysIn(list) === keys) return;
    form.elements.order.value = keysIn(list);
    form.elements.moved.value = `edit-${item.dataset.item}`;
    form.requestSubmit();
  });

  /* --- parts that htmx brings ------------------------------------------------------------------------------ */
  const focusIn = (root) => {
    const place = root.querySelector("[data-focus], [autofocus]");
    if (place) place.focus();
    return Boolean(place);
  };
  const begin = () => {
    all("form").forEach(count);
    all("[data-help][hidden]").forEach((button) => { button.hidden = keysOff; });
    all("[data-print][hidden], [data-take][hidden]").forEach((button) => { button.hidden = false; });
    focusIn(document);
  };

  const address = () => location.pathname + location.search;
  let shown = address();
  document.addEventListener("htmx:afterSettle", (event) => {
    const { target, elt, requestConfig, pathInfo } = event.detail;
    all("form").forEach(count);
    all("[data-take][hidden]").forEach((button) => { button.hidden = false; });
    if (requestConfig?.verb === "get" && elt.closest("[data-remember]")) {
      const asked = new URL(pathInfo.finalRequestPath, location.href);
      if (asked.pathname + asked.search !== shown) history.pushState(null, "", asked);
      shown = address();
    }
    const now = document.getElementById(target?.id) || (target?.isConnected ? target : event.target);
    if (!now?.isConnected || now.matches(".progress")) return;
    if (focusIn(now) || document.activeElement !== document.body) return;
    if (!now.hasAttribute("tabindex")) now.tabIndex = -1;
    now.focus({ preventScroll: true });
  });
  /* An answer may say where the focus goes (HX-Trigger-After-Settle): to the row that was just saved. */
  document.addEventListener("focus-on", (event) => {
    const place = document.getElementById(event.detail.id);
    if (!place) return;
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (form) release(form);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const gone = [403, 404].includes(event.detail.xhr.status);
    say(gone ? "That is not possible (any more). Reload the page to see how things stand." : "That did not work. Nothing was saved. Reload the page and try again.", "error");
  });
  document.addEventListener("htmx:sendError", () => say("The server cannot be reached. Nothing was saved.", "error"));
  addEventListener("popstate", () => { if (address() !== shown) location.reload(); });

  begin();
})();
