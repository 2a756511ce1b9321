"""A report as a page and as a picture.

In:  a record of a check. Out: one HTML page, or one SVG, that needs nothing else.

Read `page` first. `drawings` are heat maps and charts, `code` the user's lines, `ways` the path of
an optimizer, `words` all fixed texts in both languages.
"""
