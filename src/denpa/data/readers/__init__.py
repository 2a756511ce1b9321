"""From what a user has to columns, arrays and pictures in memory.

In:  a path, a frame, an array, a pair (x, y), or the name of a data set.
Out: `dataset.Data` of the room above, made by the encoders; or an error that names the file, the
     line and what to do.

Read `door` first: it tells the sorts of sources apart and hands each one on. `text` reads CSV and
TSV, `columnar` Parquet, `binary` NPY and NPZ, with the checks that their libraries lack, `idx` the
files of MNIST; `folders` finds pictures and `images` reads them. `charset` names the likeliest
encoding of text that is not UTF-8. `sources` are the named sets: where their files are, and that
they are the right ones. How a file is opened, and how much of it is read at the most, stands in the
room above.
"""
