"""From FILE:NAME to a report on somebody's code.

In:  the name of a file and of something in it, perhaps with options.
Out: a report, or an error that says what was tried and what to give.

Read `open` first: what kind of thing it is. A file is run by `opened` and `load` (its imports:
`context`, its cells: `notebook`), always through `execution`; `offers` says what it holds. Classes
are known by `method_pairs`, functions by `partners`, `bundles` and `groups`. Arguments that nobody
gave are guessed by names (`constructors`, `guess`, `functions`, `words`), by mending what is raised
(`mending`, `repairs`, `class_inputs`) and by how far the code runs (`shapes`). `trials` are the
inputs in turn, `verdicts` which of them decides, with `alternatives`, `admissible` and `excuses`
for what must not be blamed and `further` for what must not pass.
"""
