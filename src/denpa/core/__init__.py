"""What everything else is written in: dtypes, shapes, the op record, values and graphs of them.

In:  nothing. Out: no computation, but the forms that it has.

Read `graph` first: values and the equations that define them; then `op`: all there is to know of
one primitive. `errors` are those that a user can cause, `source` where they happened,
`wording` in which words they are told; `files` and `folders` where things are kept. Nothing
here knows of tensors, layers or training.
"""
