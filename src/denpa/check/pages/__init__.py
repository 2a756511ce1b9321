"""A report as a page and as a picture.

In:  a record of a check. Out: one HTML page, or one SVG, that needs nothing else.

Read `page` first. `curves` are the charts, `code` the user's lines, `plot` all drawings in one,
`words` all fixed texts in both languages; how the page looks is in denpa.report.
"""
