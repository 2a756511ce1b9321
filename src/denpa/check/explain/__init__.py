"""Every mistake explained at length, in English and Japanese.

Read `entry` first: the form of an explanation. `basic`, `calculus`, `flow`, `layers` and
`exceptions` hold them, `book` joins them to pages, `find` looks one up by a word or two.
"""
