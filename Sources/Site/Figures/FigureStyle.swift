/// How drawings look: in files of their own it stands inside them, in pages it is part of the stylesheet.
///
/// Categories are Okabe and Ito's colours (2008), which people with any kind of colour vision can tell apart.
enum FigureStyle {
  static let css = """
    .plot{--p-paper:#fcfbf8;--p-ink:#1c1b19;--p-muted:#68635a;--p-rule:#dcd7cc;--p-null:#8b867c;--p-empty:#efece4;
    --p-1:#0072b2;--p-2:#d55e00;--p-3:#009e73;--p-4:#cc79a7;--p-5:#e69f00;--p-6:#56b4e9;--p-7:#8a7f00;
    font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;font-size:12px}
    @media (prefers-color-scheme:dark){.plot{--p-paper:#15171a;--p-ink:#e9e6df;--p-muted:#a5a097;--p-rule:#34373b;
    --p-null:#8f8a80;--p-empty:#212429;--p-1:#3f9fdb;--p-2:#e8743b;--p-3:#1fb58c;--p-7:#f0e442}}
    .plot{fill:var(--p-ink);font-variant-numeric:tabular-nums}
    .plot .paper{fill:var(--p-paper)}.plot .tick,.plot .axis,.plot .reference-label{fill:var(--p-muted)}
    .plot .tick,.plot .number{font-size:10.5px}.plot .heading{font-weight:600}
    .plot path{fill:none}.plot .grid{stroke:var(--p-rule);stroke-width:1}
    .plot .reference{stroke:var(--p-muted);stroke-width:1;stroke-dasharray:1 3;stroke-linecap:round}
    .plot .leader{stroke:var(--p-rule);stroke-width:1}.plot .empty{fill:var(--p-empty)}
    .plot .c1{--c:var(--p-1)}.plot .c2{--c:var(--p-2)}.plot .c3{--c:var(--p-3)}.plot .c4{--c:var(--p-4)}
    .plot .c5{--c:var(--p-5)}.plot .c6{--c:var(--p-6)}.plot .c7{--c:var(--p-7)}
    .plot .null{--c:var(--p-null)}.plot .baseline{--c:var(--p-ink)}
    .plot .curve{stroke:var(--c);stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
    .plot .curve.null{stroke-dasharray:4 4}.plot .curve.baseline{stroke-width:1.25;stroke-dasharray:9 3}
    .plot .band{fill:var(--c);opacity:.14}.plot .band.null,.plot .band.baseline{opacity:.09}
    .plot .dot path{fill:var(--c);stroke:var(--p-paper);stroke-width:1}.plot .dot .hit{fill:transparent;stroke:none}
    .plot .whisker{stroke:var(--p-ink);stroke-width:1.25}.plot .dot .whisker{fill:none;stroke:var(--c)}
    .plot .bar rect{fill:var(--c)}.plot .bar.null rect{fill:none;stroke:var(--c);stroke-dasharray:3 3}
    .plot .bar.baseline rect{fill:var(--p-null)}
    .plot .bar rect.hit,.plot .bar.null rect.hit{fill:transparent;stroke:none}
    .plot .single{stroke:var(--p-paper);stroke-width:3.5}.plot .single.inner{stroke:var(--p-ink);stroke-width:2}
    .plot .mark{outline:none}.plot .cell:hover rect,.plot .cell:focus rect{stroke:var(--p-ink);stroke-width:2}
    .plot .dot:hover path:last-of-type,.plot .dot:focus path:last-of-type{stroke:var(--p-ink);stroke-width:2}
    .plot .bar:focus text,.plot .bar:hover text{text-decoration:underline}

    """
}
