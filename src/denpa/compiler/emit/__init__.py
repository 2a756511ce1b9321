"""From kernels to LLVM's text, and from that to machine code.

In:  kernels with their division over lanes.
Out: `codegen.Codegen`, the text of all functions and the table of calls; data only.

Read `pointwise` first: one entry for each op that works on single numbers, where a new primitive
gets its native code. `code` writes instruction by instruction; `nest`, `loops`, `values` and `sums`
write loops; `panels` products of our own, with the copies of `packing`; `blas` those of a library;
`vector_math` is exp, log, tanh … of a whole register, in the instructions of `vector_code` and with
the coefficients of `vector_numbers`; `driver` the loop over steps that is the same for every
program. `llvm` makes machine code of the text.
"""
