"""Mistakes undone in the code: small changes of its source, tried one after the other.

In:  a subject whose gradients are wrong.
Out: changes that make them right, with the mistake that each of them undoes.

Read `tree` first: what an edit is. `edits` gathers them from `arithmetic`, `structure`, `layout`,
`sequence`, `classics` and `formulas`; `seen` is what one run tells of shapes and names; `search`
tries them within the `budget`, and `screen` without running the function where that will do.
"""
