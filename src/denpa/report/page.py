"""The report's paper: its style sheet and the few HTML shapes that its sections are built from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from denpa.report.frame import SVG_STYLE, esc

# Nothing may be fetched and nothing may run, whatever a class name or a setting holds.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"

PAGE_STYLE = """
:root{color-scheme:light dark;--ink:#1b1d22;--soft:#5b606b;--rule:#1b1d22;--hair:#d9dce1;
--paper:#fff;--wash:#f4f5f7;--good:#22734f;--bad:#b3370c;
--serif:Charter,"Bitstream Charter","Iowan Old Style","Source Serif 4",Cambria,Georgia,\
"DejaVu Serif",serif;
--sans:system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif;
--mono:ui-monospace,"SF Mono","Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace}
:lang(ja){--serif:"Hiragino Mincho ProN","Yu Mincho","Noto Serif CJK JP","Noto Serif JP",serif;
--sans:"Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP","Noto Sans JP",system-ui,sans-serif}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e9eaee;--soft:#a3a9b5;--rule:#c9ccd3;
--hair:#30353d;--paper:#14161a;--wash:#1d2026;--good:#72d0a2;--bad:#ff9b6a}}
*{box-sizing:border-box}
html{background:var(--paper);-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1180px;padding:3.5rem 2.5rem 5rem;color:var(--ink);
font:17px/1.55 var(--serif);font-variant-numeric:lining-nums}
:lang(ja) body,body:lang(ja){font-size:16px;line-height:1.75;line-break:strict}
h1,h2,h3,p,figure,dl,dd,table{margin:0}
h1{font-size:2.3rem;line-height:1.15;font-weight:600;overflow-wrap:anywhere;text-wrap:balance}
h2{font-size:1.3rem;line-height:1.3;font-weight:600}
h3{font:600 .95rem/1.4 var(--sans)}
.kind{font:500 .85rem/1.4 var(--sans);color:var(--soft);margin-bottom:.6rem}
.meta{font:.85rem/1.5 var(--sans);color:var(--soft);margin-top:.8rem}
pre{margin:1.2rem 0 0;padding:.7rem .9rem;background:var(--wash);font:.85rem/1.5 var(--mono);
white-space:pre-wrap;overflow-wrap:anywhere;border-radius:3px}
.alarm{margin-top:1.4rem;padding-left:1rem;border-left:3px solid var(--bad)}
section{display:grid;grid-template-columns:15rem minmax(0,1fr);column-gap:3.5rem;
margin-top:3rem;padding-top:1.1rem;border-top:1px solid var(--rule)}
.ask{font-size:.95rem;line-height:1.5;color:var(--soft);margin-top:.5rem;hanging-punctuation:first}
:lang(ja) .ask{font-size:.9rem;line-height:1.75}
.body{display:grid;gap:2rem;align-content:start;min-width:0}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.5rem}
.many{display:grid;grid-template-columns:repeat(auto-fill,minmax(11.5rem,1fr));gap:1.4rem 1.2rem}
svg.dp{display:block;width:100%;height:auto}
.wide{overflow-x:auto;max-width:100%}
.wide>svg.dp{min-width:var(--least,0)}
figcaption,caption,.note{font:.85rem/1.5 var(--sans);color:var(--soft);text-align:left}
figcaption{margin-top:.6rem;max-width:44rem}
:lang(ja) figcaption,:lang(ja) caption{line-height:1.7}
figcaption b,caption b{color:var(--ink);font-weight:600}
caption{padding-bottom:.5rem}
.numbers{display:flex;flex-wrap:wrap;gap:1.2rem 3.2rem}
.numbers dt{font:.85rem/1.4 var(--sans);color:var(--soft)}
.numbers dd{font-size:2.5rem;line-height:1.15;font-variant-numeric:lining-nums tabular-nums}
.numbers small{display:block;font:.8rem/1.4 var(--sans);color:var(--soft)}
.lead dd{font-size:3.6rem;font-weight:600;letter-spacing:-.01em}
.lead.bad dd{color:var(--bad)}
.facts{display:grid;grid-template-columns:minmax(7rem,max-content) minmax(0,1fr);
gap:.25rem 1.4rem;font:.9rem/1.5 var(--sans)}
.facts dt{color:var(--soft)}.facts dd{overflow-wrap:anywhere}
.facts .hash{font-family:var(--mono);font-size:.8rem}
.verdict{font-weight:600}.verdict.good{color:var(--good)}.verdict.bad{color:var(--bad)}
table{border-collapse:collapse;font:.85rem/1.45 var(--sans);font-variant-numeric:tabular-nums;
border-bottom:1.5px solid var(--rule);min-width:min(100%,26rem)}
thead tr{border-top:1.5px solid var(--rule);border-bottom:1px solid var(--rule)}
th{font-weight:600;text-align:left;vertical-align:bottom}
th,td{padding:.28rem 1.4rem .28rem 0}th:last-child,td:last-child{padding-right:.3rem}
td{vertical-align:top}tbody tr+tr{border-top:1px solid var(--hair)}
td.w{max-width:22rem;overflow-wrap:break-word}
.n{text-align:right;white-space:nowrap}
tfoot tr{border-top:1px solid var(--rule);font-weight:600}
tr.best{font-weight:600}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.4rem,1fr));gap:1.3rem 1rem}
.cards figure{min-width:0}
.cards img{display:block;width:100%;aspect-ratio:1;object-fit:contain;image-rendering:pixelated;
background:var(--wash)}
.cards figcaption{margin-top:.35rem;line-height:1.35;color:var(--ink);overflow-wrap:anywhere}
.cards small{display:block;color:var(--soft);font-size:.78rem}
details{margin-top:.2rem}summary{font:.85rem/1.5 var(--sans);color:var(--soft);cursor:pointer;
padding:.3rem 0}details[open]>summary{margin-bottom:.8rem}
summary:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
footer{margin-top:3.5rem;padding-top:1rem;border-top:1px solid var(--rule);
font:.85rem/1.5 var(--sans);color:var(--soft)}
@media (max-width:820px){body{padding:1.8rem 1.15rem 3rem;font-size:16px}h1{font-size:1.75rem}
section{grid-template-columns:minmax(0,1fr);row-gap:1.4rem;margin-top:2.3rem}
.lead dd{font-size:2.8rem}.numbers dd{font-size:2rem}.numbers{gap:1rem 2rem}
.many{grid-template-columns:repeat(auto-fill,minmax(9.4rem,1fr));gap:1rem .7rem}
.facts{grid-template-columns:fit-content(45%) minmax(0,1fr)}
table{font-size:.76rem}th,td{padding-right:.65rem}}
@media print{body{padding:0;font-size:11pt;max-width:none}section,figure,tr{break-inside:avoid}
section{grid-template-columns:11rem minmax(0,1fr);column-gap:1.5rem}}
"""


@dataclass
class Numbering:
    """Hands out the numbers of figures and tables in the order in which they appear."""

    words: Mapping[str, str]
    seen: dict[str, int] = field(default_factory=dict)

    def label(self, kind: str) -> str:
        """Return the bold label of the next "figure" or "table"."""
        self.seen[kind] = self.seen.get(kind, 0) + 1
        return f"<b>{esc(self.words[kind].format(n=self.seen[kind]))}</b>"

    def figure(self, content: str, caption: str, *, wide: int = 0) -> str:
        """Return a figure with its caption; `wide` is the least width it keeps, by scrolling."""
        if wide:
            content = f'<div class="wide" style="--least:{wide}px" tabindex="0">{content}</div>'
        label = self.label("figure")
        return f"<figure>{content}<figcaption>{label} {esc(caption)}</figcaption></figure>"

    def table(
        self,
        columns: Sequence[tuple[str, bool]],
        rows: Iterable[Sequence[object]],
        caption: str,
        *,
        total: Sequence[object] = (),
        strong: int | None = None,
        numbered: bool = True,
    ) -> str:
        """Return a ruled table; a column is (heading, is it a number), `strong` a row to stress.

        A folded table is better not numbered: a reader would miss its number in the count.
        """
        label = self.label("table") + " " if numbered else ""
        kinds = ["n" if numeric else "w" for _, numeric in columns]
        head = "".join(
            f'<th scope="col" class="{kind}">{esc(name)}</th>'
            for kind, (name, _) in zip(kinds, columns, strict=True)
        )
        body = []
        for index, row in enumerate(rows):
            cells = _cells(kinds, row)
            kind = ' class="best"' if index == strong else ""
            body.append(f"<tr{kind}>{cells}</tr>")
        foot = f"<tfoot><tr>{_cells(kinds, total)}</tr></tfoot>" if total else ""
        return (
            f'<div class="wide" tabindex="0"><table><caption>{label}{esc(caption)}'
            f"</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>{foot}"
            "</table></div>"
        )


def _cells(kinds: Sequence[str], row: Sequence[object]) -> str:
    return "".join(
        f'<td class="{kind}">{esc(value)}</td>' for kind, value in zip(kinds, row, strict=True)
    )


def facts(pairs: Iterable[tuple[object, object]], *, hashes: frozenset[str] = frozenset()) -> str:
    """Return a list of label and value; labels in `hashes` hold long codes, set in monospace."""
    rows = []
    for label, value in pairs:
        kind = ' class="hash"' if label in hashes else ""
        rows.append(f"<dt>{esc(label)}</dt><dd{kind}>{esc(value)}</dd>")
    return f'<dl class="facts">{"".join(rows)}</dl>' if rows else ""


def section(key: str, words: Mapping[str, str], body: str, name: str | None = None) -> str:
    """Return one section: in the margin its name (the words of `name`, else of `key`) and the
    question it answers, then the answer."""
    name = name or key
    return (
        f'<section id="{key}"><div><h2>{esc(words[name])}</h2>'
        f'<p class="ask">{esc(words[name + ".ask"])}</p></div>'
        f'<div class="body">{body}</div></section>'
    )


def page(lang: str, title: str, header: str, body: str, footer: str) -> str:
    """Return the whole HTML document, with its style sheets and the policy that shuts it in."""
    return (
        f'<!doctype html>\n<html lang="{esc(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{esc(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        '<meta name="generator" content="denpa">\n<link rel="icon" href="data:,">\n'
        f"<title>{esc(title)}</title>\n<style>{PAGE_STYLE}{SVG_STYLE}</style>\n</head>\n<body>\n"
        f"<header>{header}</header>\n<main>\n{body}\n</main>\n"
        f"<footer>{esc(footer)}</footer>\n</body>\n</html>\n"
    )
