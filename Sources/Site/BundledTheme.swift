/// The theme of `site/`, so that a project without one has a report too. A test holds the two equal, and writes
/// this file again when it is asked to.
enum BundledTheme {
  /// The text of every template and asset, by path below `site/`.
  static let files: [String: String] = [
    "assets/script.js": #"""
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

    """#,
    "assets/style.css": #"""
    /* A report reads like a paper: ink on paper, one measure of prose, notes in the margin, and one accent. */
    :root {
      color-scheme: light dark;
      --paper: #fcfbf8; --raised: #f4f1ea; --ink: #1c1b19; --muted: #68635a; --rule: #dcd7cc;
      --accent: #1d5c85; --supported: #00705a; --refuted: #b34400; --inconclusive: #68635a; --on-verdict: #fcfbf8;
      --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "DejaVu Serif", serif;
      --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
      --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
      --measure: min(64ch, 41.2rem); --column: 41.2rem; --margin: 15rem; --gap: 2.5rem;
      --s1: .833rem; --s0: .694rem; --s2: 1.2rem; --s3: 1.44rem; --s4: 1.728rem; --s5: 2.074rem;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15171a; --raised: #1d2024; --ink: #e9e6df; --muted: #a5a097; --rule: #34373b;
        --accent: #8dbfe0; --supported: #4cc2a4; --refuted: #f2895a; --inconclusive: #a5a097; --on-verdict: #15171a;
      }
    }

    *, *::before, *::after { box-sizing: border-box; }
    html { font-size: 106.25%; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
    body {
      margin: 0 auto; padding: 0 clamp(1.1rem, 4vw, 2.5rem); max-width: calc(var(--column) + var(--margin) + 9rem);
      background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--serif); overflow-wrap: break-word;
      text-rendering: optimizeLegibility; font-kerning: normal;
    }
    a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .17em; }
    a:hover { text-decoration-thickness: 2px; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
    [hidden] { display: none !important; }
    /* The first stop of the keyboard, seen only there. */
    .skip { position: absolute; left: -100vw; padding: .5rem .8rem; background: var(--paper); font: var(--s1)/1.4 var(--sans); }
    .skip:focus { left: .5rem; top: .5rem; z-index: 9; }
    main:focus { outline: none; }

    /* The frame of every page. */
    .top {
      display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; align-items: baseline; padding: 1.3rem 0 .7rem;
      border-bottom: 1px solid var(--rule); font: var(--s1)/1.4 var(--sans);
    }
    .top .home { color: var(--ink); font: italic var(--s2)/1 var(--serif); text-decoration: none; }
    .top nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; min-width: 0; }
    .top .here { color: var(--muted); }
    .bottom {
      margin: 5rem 0 2rem; padding-top: .8rem; border-top: 1px solid var(--rule); color: var(--muted);
      font: var(--s0)/1.5 var(--sans);
    }
    h1, h2, h3, h4 { line-height: 1.22; font-weight: 600; text-wrap: balance; }
    h1 { font-size: var(--s5); margin: 2.4rem 0 .7rem; letter-spacing: -.012em; }
    h2 { font-size: var(--s3); margin: 2.6rem 0 .7rem; }
    h3 { font-size: var(--s2); margin: 2rem 0 .5rem; font-style: italic; font-weight: 500; }
    h4, h5, h6 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
    p, ul, ol, dl, blockquote, pre, figure { margin: 0 0 1.1rem; }
    li > ul, li > ol { margin: .2rem 0; }
    code, pre { font-family: var(--mono); font-size: .82em; font-variant-ligatures: none; }
    pre { padding: .8rem 1rem; background: var(--raised); border-radius: 4px; overflow-x: auto; line-height: 1.5; }
    pre code { font-size: inherit; }
    pre { font-size: var(--s1); }
    blockquote { margin-left: 0; padding-left: 1.1rem; border-left: 3px solid var(--rule); color: var(--muted); }
    hr { width: 6rem; margin: 2.4rem auto; border: 0; border-top: 1px solid var(--rule); }
    img { max-width: 100%; height: auto; }
    .summary, .remark { color: var(--muted); font: var(--s1)/1.55 var(--sans); max-width: var(--measure); }

    /* Verdicts: shape, word and colour together. */
    .verdict {
      display: inline-block; padding: .14em .62em .16em; border: 1.5px solid var(--verdict); border-radius: 99px;
      font: 600 var(--s0)/1.45 var(--sans); letter-spacing: .02em; white-space: nowrap; vertical-align: .1em;
      color: var(--verdict); text-indent: 0;
    }
    .supported { --verdict: var(--supported); }
    .refuted, .failed { --verdict: var(--refuted); }
    .inconclusive { --verdict: var(--inconclusive); }
    .verdict::before { content: "○\2002"; }
    .verdict.supported { background: var(--verdict); color: var(--on-verdict); }
    .verdict.supported::before { content: "✓\2002"; }
    .verdict.refuted { border-radius: 3px; text-decoration: line-through; text-decoration-thickness: 1.5px; }
    .verdict.refuted::before, .verdict.failed::before { content: "✕\2002"; display: inline-block; }
    .verdict.failed { border-radius: 3px; border-style: double; border-width: 3px; }
    .verdict.inconclusive { border-style: dashed; font-weight: 500; }
    .tag {
      display: inline-block; padding: 0 .5em; border: 1px solid var(--rule); border-radius: 3px; color: var(--muted);
      font: var(--s0)/1.6 var(--sans); max-width: 100%; overflow-wrap: anywhere; vertical-align: bottom;
    }

    /* The index. */
    .filters { margin: 1.2rem 0; display: grid; gap: .5rem; }
    .filter { display: flex; flex-wrap: wrap; gap: .35rem; align-items: baseline; font: var(--s1)/1.5 var(--sans); }
    .filter > span { min-width: 3.6rem; color: var(--muted); }
    .filter button {
      font: inherit; padding: .2em .8em; border: 1px solid var(--rule); border-radius: 99px; background: none;
      color: var(--ink); cursor: pointer; max-width: 100%; overflow-wrap: anywhere;
    }
    .filter button[aria-pressed="true"] { background: var(--ink); color: var(--paper); border-color: var(--ink); }
    .experiments { list-style: none; padding: 0; margin: 1.6rem 0 0; border-bottom: 1px solid var(--rule); }
    .entry {
      display: grid; grid-template-columns: minmax(0, 1fr) 15rem; gap: .4rem var(--gap); padding: 1.5rem 0 1.2rem;
      border-top: 1px solid var(--rule);
    }
    .entry h2 { margin: 0 0 .35rem; font-size: var(--s2); }
    .entry h2 a { color: inherit; text-decoration: none; }
    .entry h2 a:hover { text-decoration: underline; }
    .entry .finding { margin: 0 0 .45rem; font-style: italic; }
    .entry .about {
      margin: 0 0 .5rem; color: var(--muted); font-size: .9rem; line-height: 1.5; display: -webkit-box; overflow: hidden;
      -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3;
    }
    .entry .facts { margin: 0; color: var(--muted); font: var(--s0)/1.7 var(--sans); }
    .entry .verdict { margin: 0 .1rem .3rem 0; }
    .entry .outcome { font-family: var(--sans); }
    .headline { margin: .55rem 0 .15rem; font: var(--s1)/1.4 var(--sans); }
    .headline .number { font-size: var(--s3); font-weight: 600; font-variant-numeric: tabular-nums; }
    .headline .path { display: block; color: var(--muted); font: var(--s0)/1.5 var(--mono); overflow-wrap: anywhere; }
    .interval { color: var(--muted); font-family: var(--sans); font-size: .82em; font-variant-numeric: tabular-nums; white-space: nowrap; }

    /* The head of an experiment. */
    .masthead { max-width: var(--column); margin-bottom: 2rem; }
    .masthead h1 { margin-top: 2.6rem; }
    .masthead .finding { font-size: var(--s2); line-height: 1.45; font-style: italic; margin-bottom: .9rem; }
    .verdicts { font: var(--s1)/1.5 var(--sans); }
    .verdicts .counts { color: var(--muted); margin-left: .4rem; }
    dl.facts { display: flex; flex-wrap: wrap; gap: .35rem 1.6rem; padding: .7rem 0; border-block: 1px solid var(--rule); }
    dl.facts div { min-width: 0; }
    dt { color: var(--muted); font: var(--s0)/1.4 var(--sans); }
    dd { margin: 0; font: var(--s1)/1.5 var(--sans); overflow-wrap: anywhere; }
    .abstract { font-size: .95rem; margin: 1.4rem 1.6rem; }

    /* Prose in one measure; cells may take the margin too. */
    .prose > * { max-width: var(--measure); }
    .prose > p { hanging-punctuation: first; }
    /* The page's title is its only heading of the first size, whatever level a document begins with. */
    .prose h1 { font-size: var(--s3); margin: 2.6rem 0 .7rem; letter-spacing: 0; }
    .prose h1 ~ h2 { font-size: var(--s2); margin-top: 2rem; }
    .prose li { margin-bottom: .25rem; }
    .cell { position: relative; margin: 2rem 0; }
    .prose > .cell, .prose > .claim, .prose > pre, .prose > .frame { max-width: var(--column); }
    .value {
      color: inherit; text-decoration: underline dotted var(--accent) 1.5px; text-underline-offset: .22em;
      font-variant-numeric: tabular-nums lining-nums;
    }
    .value:hover { color: var(--accent); }
    /* Its cell was run again, and nobody edited the words around it since. */
    .value.rerun { white-space: nowrap; }
    .value.rerun::after {
      content: "↻"; margin-left: .12em; color: var(--muted); font: .68em/1 var(--sans); vertical-align: .45em;
      display: inline-block; text-decoration: none;
    }
    .missing {
      padding: 0 .35em; border: 1px dashed var(--refuted); border-radius: 3px; color: var(--refuted);
      font: .8em/1.4 var(--sans); cursor: help;
    }
    @media (min-width: 46rem) { .reference { white-space: nowrap; } }
    .missing-part { color: var(--muted); font: italic .95rem/1.5 var(--serif); }
    .reference.supported::before, .reference.refuted::before, .reference.inconclusive::before {
      color: var(--verdict); font: .8em var(--sans); margin-right: .25em; display: inline-block; text-decoration: none;
    }
    .reference.supported::before { content: "✓"; }
    .reference.refuted::before { content: "✕"; }
    .reference.inconclusive::before { content: "○"; }

    figure { margin: 2rem 0 1.6rem; }
    figure.panel { display: inline-block; vertical-align: top; width: calc(50% - .8rem); margin: 1.2rem .5rem 1.2rem 0; }
    @media screen and (max-width: 46rem) { figure.panel { width: 100%; } }
    .plot { display: block; max-width: 100%; height: auto; overflow: visible; }
    .plot.narrow { display: none; }
    .plot.spark { margin-top: .3rem; }
    figcaption, .caption { margin-top: .8rem; color: var(--ink); font: var(--s1)/1.5 var(--sans); }
    .caption { margin: 1.6rem 0 .5rem; }
    .links { white-space: normal; margin-left: .35em; }
    .links a { color: var(--muted); margin-right: .55em; font: var(--s0)/1.5 var(--sans); }
    .links a:hover { color: var(--accent); }

    .frame { overflow-x: auto; max-width: 100%; margin: 0 0 1.2rem; }
    table { border-collapse: collapse; font: var(--s1)/1.45 var(--sans); font-variant-numeric: tabular-nums; }
    .prose > .frame { margin: 1.4rem 0; }
    th, td { padding: .32rem .9rem .32rem 0; text-align: left; vertical-align: baseline; }
    th { color: var(--muted); font-weight: 500; border-bottom: 1px solid var(--ink); vertical-align: bottom; }
    tbody td { border-bottom: 1px solid var(--rule); }
    th.number, td.number { text-align: right; }
    td.number { white-space: nowrap; }
    th:last-child, td:last-child { padding-right: 0; }
    td.number .interval { margin-left: .3em; }

    .note {
      margin: 0 0 1.2rem; padding: .1rem 0 .1rem .9rem; border-left: 2px solid var(--accent); color: var(--muted);
      font: var(--s1)/1.5 var(--sans);
    }
    .failure {
      margin: 0 0 1rem; padding: .7rem 1rem; border: 1.5px solid var(--refuted); border-radius: 4px;
      font: var(--s1)/1.5 var(--sans); white-space: pre-wrap;
    }
    .failure strong { color: var(--refuted); }

    details > summary { cursor: pointer; color: var(--muted); font: var(--s1)/1.5 var(--sans); }
    details > summary:hover { color: var(--ink); }
    details[open] > summary { margin-bottom: .6rem; }
    summary .count, summary .kind { font-size: var(--s0); color: var(--muted); }
    summary .kind::before { content: "{"; }
    summary .kind::after { content: "}"; }
    .source, .gallery { margin: .7rem 0; }
    .source .values { margin: 0 0 1rem 1rem; }
    .gallery > ol { padding-left: 1.5rem; color: var(--muted); font: var(--s1)/1.5 var(--sans); }
    .gallery li { margin-bottom: 1.4rem; }

    /* What a model read or said stands apart from what people wrote. */
    .model-text { font: .8rem/1.55 var(--mono); color: var(--ink); white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
    div.model-text {
      position: relative; margin: 0 0 .45rem; padding: 1.55rem .9rem .6rem; background: var(--raised);
      border-left: 3px solid var(--rule); border-radius: 0 4px 4px 0;
    }
    div.model-text.prompt { border-left-color: var(--accent); }
    .model-text .arm {
      position: absolute; inset: .3rem .9rem auto; color: var(--muted); font: var(--s0)/1.4 var(--sans); unicode-bidi: isolate;
      direction: ltr; text-align: left;
    }
    .model-text .arm .tag { line-height: 1.25; }
    .token, .control {
      padding: 0 .3em; border: 1px solid var(--rule); border-radius: 3px; background: var(--paper); color: var(--muted);
      font-size: .92em;
    }
    .control { border-style: dashed; color: var(--refuted); unicode-bidi: isolate; }

    /* Claims. */
    .claim { margin: 1.8rem 0; padding: .9rem 1.1rem .5rem; border: 1px solid var(--rule); border-left: 4px solid var(--verdict); border-radius: 4px; }
    .claim.inconclusive { border-left-style: dashed; }
    .claim .says { margin-bottom: .6rem; }
    .claim .says .verdict { margin-right: .35rem; }
    .claim .standing { margin: -.3rem 0 .6rem; color: var(--muted); font: var(--s0)/1.5 var(--sans); }
    .claim .standing .mark { font-weight: 600; color: var(--ink); }
    .claim .standing.after .mark { color: var(--refuted); }
    .claim ul { list-style: none; padding: 0; margin: 0 0 .4rem; font: var(--s1)/1.6 var(--sans); }
    .expectation { margin-bottom: .35rem; }
    .verdict.small { font-size: .62rem; padding: .02em .5em .06em; border-width: 1px; }
    .expectation code { overflow-wrap: anywhere; }
    .found { display: block; color: var(--muted); }
    .found > span { display: inline-block; max-width: 100%; margin-right: 1rem; overflow-wrap: anywhere; }
    .found .value { font-family: var(--mono); font-size: .9em; }

    /* Controls, provenance, history. */
    .appendix { max-width: var(--column); margin-top: 3rem; }
    .appendix h2 { font-size: var(--s2); padding-top: 1rem; border-top: 1px solid var(--rule); }
    .provenance { display: grid; gap: .3rem; }
    .provenance div { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 1rem; align-items: baseline; }
    .digest { color: var(--muted); overflow-wrap: anywhere; font-size: .78em; }
    .sources { margin-top: 3.5rem; }
    .sources h2 { font-size: var(--s2); }
    .sources .digest { overflow-wrap: normal; }
    .records .subject { font-family: var(--serif); min-width: 16rem; white-space: normal; }
    .records .inputs { margin: .35rem 0 0; font: var(--s0)/1.5 var(--sans); }
    .records .inputs span { color: var(--muted); }
    .records .remark { font-size: var(--s0); white-space: normal; }
    .records td.number .interval { margin-left: 0; }
    .records .more { margin-top: .35rem; }
    .records .more summary { font-size: var(--s0); }
    .records .more dl { margin: 0; }
    .records .more dt { font-family: var(--mono); overflow-wrap: anywhere; }
    .records td { padding-block: .5rem; }
    .records .date { color: var(--muted); font-size: var(--s0); white-space: nowrap; }
    .records th.number { font-family: var(--mono); font-size: var(--s0); font-weight: 400; }
    .move.up::before, .move.down::before { color: var(--accent); margin-right: .3em; }
    .move.up::before { content: "▲"; }
    .move.down::before { content: "▼"; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: .4rem 2rem; }
    .pair .plot.wide { display: none; }
    .pair .plot.narrow { display: block; }
    .pair figcaption { grid-column: 1 / -1; }

    .tip {
      position: fixed; z-index: 9; max-width: min(26rem, calc(100vw - 1rem)); padding: .5rem .75rem; border-radius: 4px;
      background: var(--ink); color: var(--paper); font: var(--s0)/1.5 var(--sans); white-space: pre-wrap;
      overflow-wrap: anywhere; pointer-events: none; font-variant-numeric: tabular-nums;
    }

    /* Wide windows: notes stand in the right margin. */
    @media (min-width: 66rem) {
      .note {
        float: right; clear: right; width: var(--margin); margin: .2rem calc(-1 * (var(--margin) + var(--gap))) 1rem 0;
        padding: 0; border: 0; font-size: var(--s0);
      }
      .note::before { content: "Note"; display: block; color: var(--ink); font-weight: 600; }
    }
    /* Narrow windows: drawings made for them, and one column. Paper is narrow too, but takes the wide drawings. */
    @media screen and (max-width: 46rem) {
      th:first-child:not(.number), td:first-child:not(.number) { min-width: 6rem; }
      td.number .interval { display: block; margin-left: 0; }
      .diff td code { overflow-wrap: anywhere; }
      .diff th, .diff td { padding-right: .5rem; }
      .diff .records td code { display: inline-block; min-width: 6.5rem; }
      .diff .records td .interval { white-space: normal; }
      html { font-size: 100%; }
      .plot.wide { display: none; }
      .plot.narrow { display: block; }
      .entry { grid-template-columns: minmax(0, 1fr); }
      .entry .outcome { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1rem; }
      .headline { margin: 0; flex-basis: 100%; order: 3; }
      h1 { font-size: var(--s4); }
      .masthead .finding { font-size: 1.1rem; }
      .abstract { margin-inline: 0; }
      .provenance div { grid-template-columns: minmax(0, 1fr); gap: 0; }
      .claim { padding-inline: .8rem; }
    }
    /* Paper cannot be scrolled or unfolded: what is wide breaks its lines, and what is folded lies open. */
    @media print {
      .top nav, .filters, .bottom, .skip, .tip { display: none; }
      body { max-width: none; padding: 0; }
      details > summary { list-style: none; }
      details::details-content { content-visibility: visible; block-size: auto; }
      pre { white-space: pre-wrap; overflow-wrap: anywhere; }
      .frame, pre { overflow: visible; }
      table { font-size: var(--s0); }
      /* Long names break, but no column gets so narrow that short words would. */
      th, td { min-width: 5em; padding-right: .5rem; overflow-wrap: anywhere; }
      td.number, td[align="right"] { overflow-wrap: normal; }
      .interval { white-space: normal; }
      .records .subject { min-width: 10rem; }
      figure, tr, .claim .says { break-inside: avoid; }
      h1, h2, h3, h4, .caption { break-after: avoid; }
    }

    """#,
    "templates/cell.html": #"""
    <section class="cell" id="{{id}}">
    {{#failure}}<div class="failure" role="note"><strong>This cell failed.</strong> {{failure}}</div>{{/failure}}
    {{#isUnrecorded}}<p class="missing-part">This record has no result of the cell “{{label}}”.</p>{{/isUnrecorded}}
    {{#notes}}<aside class="note">{{note}}</aside>
    {{/notes}}
    {{#figures}}
    <figure id="{{figureID}}"{{#isPanel}} class="panel"{{/isPanel}}>
    {{{drawing}}}
    <figcaption><strong>{{number}}.</strong> {{#title}}{{title}}. {{/title}}{{caption}}
    <span class="links"><a href="{{dataHref}}">data</a> <a href="{{specHref}}">spec</a> <a href="{{drawingHref}}">svg</a> <a href="{{cellHref}}">cell</a> <a href="{{historyHref}}">history</a></span></figcaption>
    </figure>
    {{/figures}}
    {{#tables}}
    {{> table}}
    {{/tables}}
    {{#observations}}
    <figure class="observations" id="{{observationsID}}">
    {{{drawing}}}
    <figcaption><strong>Measured</strong> while this was recorded, and no part of the record: {{caption}}</figcaption>
    </figure>
    <details class="measured"><summary>{{size}}</summary>
    {{#table}}{{> table}}{{/table}}
    </details>
    {{/observations}}
    {{#galleries}}
    <details class="gallery">
    <summary>{{caption}} <span class="count">{{size}}</span></summary>
    <ol>
    {{#entries}}
    <li>
    <div class="model-text prompt" dir="auto"><span class="arm">prompt</span>{{{prompt}}}</div>
    {{#responses}}
    <div class="model-text" dir="auto"><span class="arm">{{arm}}{{#labels}} <span class="tag">{{word}}</span>{{/labels}}</span>{{{text}}}</div>
    {{/responses}}
    </li>
    {{/entries}}
    </ol>
    </details>
    {{/galleries}}
    <details class="source" id="{{sourceID}}">
    <summary>cell <code>{{label}}</code> <span class="kind">{{cellKind}}</span>{{#digest}} <span class="count">{{digest}}</span>{{/digest}}</summary>
    <pre tabindex="0" role="region" aria-label="Source of {{label}}"><code>{{code}}</code></pre>
    {{#valueCount}}
    <details class="values">
    <summary>{{valueCount}}{{#resultsHref}} <a href="{{resultsHref}}">json</a>{{/resultsHref}}</summary>
    <div class="frame" tabindex="0" role="region" aria-label="Values of {{label}}"><table>
    <thead><tr><th>value</th><th class="number"></th><th>95% interval</th><th class="number">n</th></tr></thead>
    <tbody>{{#values}}<tr><td><code>{{path}}</code></td><td class="number">{{value}}</td><td class="interval">{{interval}}</td><td class="number">{{count}}</td></tr>
    {{/values}}</tbody>
    </table></div>
    </details>
    {{/valueCount}}
    </details>
    </section>

    """#,
    "templates/claim.html": #"""
    <section class="claim {{verdict}}" id="{{id}}">
    <p class="says"><span class="verdict {{verdict}}">{{verdict}}</span> {{says}}</p>
    {{#standing}}<p class="standing {{mark}}"><span class="mark">{{word}}</span> {{details}}</p>
    {{/standing}}<ul>
    {{#expectations}}
    <li class="expectation"><span class="verdict small {{outcome}}">{{outcome}}</span> <code>{{condition}}</code>
    <span class="found">{{#values}}<span><a class="value" href="{{href}}" title="{{details}}">{{path}}</a> = {{value}}</span> {{/values}}</span></li>
    {{/expectations}}
    </ul>
    <details class="source"><summary>claim <code>{{label}}</code></summary><pre tabindex="0" role="region" aria-label="Source of {{label}}"><code>{{code}}</code></pre></details>
    </section>

    """#,
    "templates/diff.html": #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{title}} · Palimpsest</title>
    <link rel="icon" href="data:,">
    <style>
    {{{style}}}
    </style>
    </head>
    <body class="diff">
    <a class="skip" href="#page.content">Skip to the content</a>
    <header class="top"><span class="home">Palimpsest</span><nav><span class="here">two commits of results</span></nav></header>
    <main id="page.content" tabindex="-1">
    <h1>{{title}}</h1>
    <p class="summary">{{summary}}</p>
    <dl class="provenance"><div><dt>before</dt><dd><code class="digest">{{from}}</code></dd></div>
    <div><dt>after</dt><dd><code class="digest">{{to}}</code></dd></div></dl>
    {{#experiments}}
    <section class="compared">
    <h2>{{name}}</h2>
    <p class="summary">{{counts}}</p>
    {{#hasInputs}}
    <h3>Inputs that changed</h3>
    <div class="frame" tabindex="0" role="region" aria-label="Inputs that changed"><table>
    <thead><tr><th>input</th><th>before</th><th>after</th></tr></thead>
    <tbody>{{#inputs}}<tr><td>{{name}}</td><td><code>{{before}}</code></td><td><code>{{after}}</code></td></tr>
    {{/inputs}}</tbody>
    </table></div>
    {{/hasInputs}}
    {{^hasInputs}}<p class="remark">No input changed.</p>{{/hasInputs}}
    {{#hasOutcomes}}
    <h3>Claims and failures</h3>
    <div class="frame" tabindex="0" role="region" aria-label="Claims and failures"><table>
    <thead><tr><th></th><th>before</th><th>after</th></tr></thead>
    <tbody>{{#outcomes}}<tr><td>{{name}}</td><td>{{before}}</td><td>{{after}}</td></tr>
    {{/outcomes}}</tbody>
    </table></div>
    {{/hasOutcomes}}
    {{#hasValues}}
    <h3>Values</h3>
    <div class="frame" tabindex="0" role="region" aria-label="Values"><table class="records">
    <thead><tr><th>moved</th><th>value of</th><th class="number">before</th><th class="number">after</th></tr></thead>
    <tbody>{{#values}}<tr><td><span class="move {{direction}}">{{movement}}</span></td><td><code>{{path}}</code></td><td class="number">{{before}}<br><span class="interval">{{beforeInterval}}</span></td><td class="number">{{after}}<br><span class="interval">{{afterInterval}}</span></td></tr>
    {{/values}}</tbody>
    </table></div>
    {{/hasValues}}
    {{#figures}}
    <figure class="pair">
    <div class="side"><p class="remark">before</p>{{{before}}}{{^before}}<p class="missing-part">There was none.</p>{{/before}}</div>
    <div class="side"><p class="remark">after</p>{{{after}}}{{^after}}<p class="missing-part">There is none any more.</p>{{/after}}</div>
    <figcaption>{{name}}: {{caption}}</figcaption>
    </figure>
    {{/figures}}
    {{#hasOthers}}
    <p class="remark">Also different: {{others}}.</p>
    {{/hasOthers}}
    </section>
    {{/experiments}}
    </main>
    <footer class="bottom">Made from records in git alone: the same two commits give the same page.</footer>
    </body>
    </html>

    """#,
    "templates/experiment.html": #"""
    {{<layout}}
    {{$trail}}<nav><span class="here">{{name}}</span> <a href="{{historyHref}}">history</a></nav>{{/trail}}
    {{$content}}
    <article>
    <header class="masthead">
    <h1>{{title}}</h1>
    <p class="finding">{{finding}}</p>
    <p class="verdicts">{{#chips}}<span class="verdict {{word}}">{{text}}</span> {{/chips}}{{#failures}}<span class="verdict failed">{{failures}}</span>{{/failures}}</p>
    <dl class="facts">
    {{#facts}}<div><dt>{{term}}</dt><dd>{{text}}{{#code}}<code>{{code}}</code>{{/code}}</dd></div>
    {{/facts}}<div><dt>claims</dt><dd>{{#claims}}<a class="reference {{word}}" href="{{href}}">{{label}}</a> {{/claims}}{{^claims}}none{{/claims}}</dd></div>
    </dl>
    {{#abstract}}<p class="abstract">{{abstract}}</p>{{/abstract}}
    </header>
    <div class="prose">
    {{{body}}}
    </div>
    {{#hasControls}}
    <section class="appendix" id="controls">
    <h2>Controls and baselines</h2>
    <p class="remark">What must show nothing, and what must be beaten; every such value of this record.</p>
    <div class="frame" tabindex="0" role="region" aria-label="Controls and baselines"><table>
    <thead><tr><th>value of</th><th class="number">value</th><th>95% interval</th><th class="number">n</th></tr></thead>
    <tbody>{{#controls}}<tr><td><a href="{{href}}"><code>{{path}}</code></a></td><td class="number">{{value}}</td><td class="interval">{{interval}}</td><td class="number">{{count}}</td></tr>
    {{/controls}}</tbody>
    </table></div>
    </section>
    {{/hasControls}}
    {{#hasPromptSets}}
    <section class="appendix" id="prompts">
    <h2>Prompts and parity</h2>
    <p class="remark">How each model reads its data, and how far the engine is from float64 on some of them.</p>
    {{#promptSets}}
    <h3>{{heading}}</h3>
    <p>{{lengths}}{{#parity}} {{parity}}{{/parity}}</p>
    {{#notes}}<aside class="note">{{note}}</aside>
    {{/notes}}
    {{#tables}}
    {{> table}}
    {{/tables}}
    {{/promptSets}}
    </section>
    {{/hasPromptSets}}
    {{#hasWithdrawn}}
    <section class="appendix" id="withdrawn">
    <h2>Withdrawn</h2>
    <p class="remark">{{withdrawnSummary}}</p>
    <div class="frame" tabindex="0" role="region" aria-label="Withdrawn cells"><table>
    <thead><tr><th>cell</th><th>kind</th><th>last result</th><th>last record</th></tr></thead>
    <tbody>{{#withdrawn}}<tr><td><code>{{label}}</code></td><td>{{cellKind}}</td><td>{{#headline}}<code>{{path}}</code> {{value}} <span class="interval">{{interval}}</span><br>{{/headline}}</td><td><code title="{{fullCommit}}">{{commit}}</code></td></tr>
    {{/withdrawn}}</tbody>
    </table></div>
    </section>
    {{/hasWithdrawn}}
    <section class="appendix" id="provenance">
    <h2>Provenance</h2>
    <p class="remark">The results are a function of what is listed here. To make them again, and this page:</p>
    <pre class="command" tabindex="0" role="region" aria-label="Command"><code>{{command}}</code></pre>
    <dl class="provenance">
    {{#provenance}}<div><dt>{{term}}</dt><dd>{{text}}{{#code}} <code class="digest">{{code}}</code>{{/code}}</dd></div>
    {{/provenance}}</dl>
    <p class="links"><a href="{{sourceHref}}">document</a> <a href="{{historyHref}}">history: {{historyCount}}</a></p>
    </section>
    </article>
    {{/content}}
    {{/layout}}

    """#,
    "templates/history.html": #"""
    {{<layout}}
    {{$trail}}<nav><a href="{{pageHref}}">{{name}}</a> <span class="here">history</span></nav>{{/trail}}
    {{$content}}
    <h1>{{title}}</h1>
    <p class="summary">{{summary}} An arrow marks a value whose interval does not touch the one before;
    a value that changed without an interval says so, since it may be noise.</p>
    {{#drawings}}
    <figure>{{{drawing}}}<figcaption>{{caption}}</figcaption></figure>
    {{/drawings}}
    <div class="frame" tabindex="0" role="region" aria-label="Records"><table class="records">
    <thead><tr><th>record</th><th>verdict</th>{{#columns}}<th class="number">{{{heading}}}</th>{{/columns}}<th>what changed</th></tr></thead>
    <tbody>{{#records}}<tr>
    <td><code title="{{fullCommit}}">{{commit}}</code><br><span class="date">{{date}}</span></td>
    <td>{{#outcome}}<span class="verdict {{outcome}}">{{outcome}}</span>{{/outcome}}</td>
    {{#entries}}<td class="number"><span class="move {{move}}">{{value}}</span><br><span class="interval">{{interval}}</span>{{#remark}}<span class="remark">{{remark}}</span>{{/remark}}</td>{{/entries}}
    <td class="subject">{{subject}}{{#inputs}}
    <p class="inputs"><span>inputs:</span> {{inputs}}</p>{{/inputs}}{{#moreCount}}
    <details class="more"><summary>{{moreCount}}</summary>
    <dl>{{#more}}<div><dt>{{path}}</dt><dd><span class="move {{move}}">{{value}}</span> <span class="interval">{{interval}}</span>{{#remark}} <span class="remark">{{remark}}</span>{{/remark}}</dd></div>
    {{/more}}</dl></details>{{/moreCount}}</td>
    </tr>
    {{/records}}</tbody>
    </table></div>
    {{/content}}
    {{/layout}}

    """#,
    "templates/index.html": #"""
    {{<layout}}
    {{$content}}
    <h1>{{title}}</h1>
    <p class="summary">{{summary}}</p>
    {{#hasFilters}}
    <div class="filters" hidden>
    {{#filters}}
    <div class="filter" role="group" aria-label="Filter by {{filter}}"><span>{{filter}}</span>
    {{#choices}}<button type="button" aria-pressed="false" data-facet="{{facet}}">{{choice}}</button>
    {{/choices}}</div>
    {{/filters}}
    </div>
    {{/hasFilters}}
    {{#isEmpty}}<p class="missing-part">No results are recorded yet. Run <code>palimpsest run</code> to make some.</p>{{/isEmpty}}
    <ol class="experiments">
    {{#rows}}
    <li class="entry" data-facets="{{facets}}">
    <div class="what">
    <h2><a href="{{href}}">{{heading}}</a></h2>
    <p class="finding">{{finding}}</p>
    {{#about}}<p class="about">{{about}}</p>{{/about}}
    <p class="facts"><code>{{name}}</code>{{#date}} · {{date}}{{/date}} · {{models}} · <a href="{{historyHref}}">{{historyCount}}</a>
    {{#tags}}<span class="tag">{{tag}}</span> {{/tags}}</p>
    </div>
    <div class="outcome">
    {{#chips}}<span class="verdict {{word}}">{{text}}</span> {{/chips}}
    {{#failures}}<span class="verdict failed">{{failures}}</span>{{/failures}}
    {{#headline}}<p class="headline"><span class="number">{{value}}</span> <span class="interval">{{interval}}</span>
    <span class="path">{{path}}</span></p>{{/headline}}
    {{{spark}}}
    </div>
    </li>
    {{/rows}}
    </ol>
    {{#hasSources}}
    <section class="sources">
    <h2>Models, data and cell kinds</h2>
    <div class="frame" tabindex="0" role="region" aria-label="Models, data and cell kinds"><table>
    <thead><tr><th></th><th>name</th><th>SHA-256</th></tr></thead>
    <tbody>{{#sources}}<tr><td>{{role}}</td><td>{{source}}</td><td><code class="digest">{{digest}}</code></td></tr>
    {{/sources}}</tbody>
    </table></div>
    </section>
    {{/hasSources}}
    {{/content}}
    {{/layout}}

    """#,
    "templates/layout.html": #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{title}} · Palimpsest</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="{{root}}assets/style.css">
    <script src="{{root}}assets/script.js" defer></script>
    </head>
    <body class="{{kind}}">
    <a class="skip" href="#page.content">Skip to the content</a>
    <header class="top"><a class="home" href="{{root}}index.html">Palimpsest</a>{{$trail}}{{/trail}}</header>
    <main id="page.content" tabindex="-1">
    {{$content}}{{/content}}
    </main>
    <footer class="bottom">Made from records in git alone: the same record gives the same page.</footer>
    </body>
    </html>

    """#,
    "templates/table.html": #"""
    <div class="table" id="{{tableID}}">
    <p class="caption"><strong>{{number}}.</strong> {{caption}}{{#dataHref}} <span class="links"><a href="{{dataHref}}">data</a></span>{{/dataHref}}</p>
    {{#foldedRows}}<details class="long"><summary>{{foldedRows}}</summary>{{/foldedRows}}
    <div class="frame" tabindex="0" role="region" aria-label="{{number}}"><table>
    <thead><tr>{{#headings}}<th{{#isNumber}} class="number"{{/isNumber}}>{{heading}}</th>{{/headings}}</tr></thead>
    <tbody>{{#rows}}<tr>{{#entries}}<td{{#isNumber}} class="number"{{/isNumber}}>{{{entry}}}</td>{{/entries}}</tr>
    {{/rows}}</tbody>
    </table></div>
    {{#foldedRows}}</details>{{/foldedRows}}
    </div>

    """#,
  ]
}
