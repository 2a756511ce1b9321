"""Every page, every chart, the progress bar, and all that is printed. Plain data in, text out.

In:  records of numbers and names. Out: HTML that needs nothing else, SVG, lines for a terminal.
There are no tensors.

Read `record` first: what a training report is made of. `training` is its page, `sections` what its
parts show; `page` makes HTML of `templates`, for the check and the marks of a class as well.
`charts` and `heat` are drawings, `svg` and `scale` what all of them share; `worth` is the same
sentences for page and terminal, `words` every fixed text in both languages; `printing` is the one
way onto a terminal.
"""
