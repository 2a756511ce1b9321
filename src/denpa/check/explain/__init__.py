"""Every mistake explained at length: formula, an example by hand, how training shows it, by eye.

The explanations are data, one file a group: `gradients.toml`, `formulas.toml`, `flow.toml`,
`layers.toml`, `exceptions.toml`, `right.toml`; their Japanese is in the catalogue of words.

Read `entries` first, which reads them; `book` joins them to pages, `find` looks one up by a word or
two.
"""
