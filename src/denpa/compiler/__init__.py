"""The compiler: a whole training step, traced once, as one native program.

Read the rooms in the order of a program's way: `trace`, `passes`, `lower`, `schedule`, `emit`,
`run`; `listing` is its text for people, `api` the function `denpa.compile`. Read `api` first.
"""
