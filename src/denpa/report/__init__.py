"""Pictures, pages and the progress bar. Plain data in, text out; no tensors.

Read `record` first: what a report is made of. `training` is the page, `sections` its parts, `svg`
and `grids` the charts, `frame` and `scale` what all charts share; `worth` is the same sentences
for page and terminal, `words` every fixed text in both languages.
"""
