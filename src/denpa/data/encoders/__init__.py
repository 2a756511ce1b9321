"""From columns and arrays to numbers for a network, and what prepares those for training.

In:  a frame or arrays in memory, and where they came from; no file is opened here.
Out: `dataset.Data` of the room above, with the record by which new data become the same numbers.

Read `table` first: columns, target and missing values of a frame. `columns` encodes one column,
with `dates` among them, `row_numbers` leaves out what only counts rows, `target` is y, and
`missing` settles what is not there; `arrays` does the same for arrays without names. `leaks` warns
of a column that tells too much; `split` and `scale` part and standardise what was made.
"""
