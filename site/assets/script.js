// Everything can be read without this: it filters the index, and shows at once what titles say.
(() => {
  "use strict";

  // The index: an experiment stays if each group of pressed facets has one of its own.
  const filters = document.querySelector(".filters");
  if (filters) {
    filters.hidden = false;
    filters.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      const groups = [...filters.querySelectorAll(".filter")].map((group) =>
        [...group.querySelectorAll('[aria-pressed="true"]')].map((pressed) => pressed.dataset.facet));
      for (const entry of document.querySelectorAll(".experiments > .entry")) {
        const facets = entry.dataset.facets.split("\n");
        entry.hidden = !groups.every((group) => group.length === 0 || group.some((facet) => facets.includes(facet)));
      }
    });
  }

  // Paper cannot be unfolded: what is folded is printed open, and folded again.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const part of unfolded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of unfolded) part.open = false;
    unfolded = [];
  });

  // A link into a folded part opens it.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  // Titles of values and of marks, on pointing and on focus.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);

  const selector = ".value[title], .missing[title], .mark, [data-tip]";
  const words = (element) => {
    const title = element.querySelector(":scope > title");
    if (title) {
      element.dataset.tip = title.textContent;
      element.setAttribute("aria-label", title.textContent);
      title.remove();
    } else if (element.title) {
      element.dataset.tip = element.title;
      element.setAttribute("aria-description", element.title);
      element.removeAttribute("title");
    }
    return element.dataset.tip;
  };
  let shown = null;
  const place = () => {
    const box = shown.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left + box.width / 2 - size.width / 2, innerWidth - size.width - 8));
    const above = box.top - size.height - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : box.bottom + 8}px`;
  };
  const show = (event) => {
    shown = event.target.closest?.(selector) ?? null;
    if (!shown) return hide();
    tip.textContent = words(shown);
    tip.hidden = false;
    place();
  };
  const hide = () => { tip.hidden = true; };
  // Focus by keyboard scrolls to what it reaches: the tip stays with it. What was only pointed at is left behind.
  const follow = () => {
    if (tip.hidden) return;
    if (shown === document.activeElement) place();
    else hide();
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  addEventListener("scroll", follow, { passive: true, capture: true });
})();
