"""Programs in memory and on disk: made, kept, bound to tensors, called.

In:  a program and the text that it became.
Out: `compiled.Compiled`, what `denpa.compile` returns: a function that picks, for each call, the
     program that fits.

Read `compiled` first. `bound` fills the inputs of a program and hands out its results, `derivative`
lets a backward outside go through these. `backend` chooses what makes a program run: `native` is
machine code, made by LLVM or read from the `cache`, whose lanes run in `threads`; `interpret` runs
the same graph with NumPy: what native code must equal. `epochs` runs many steps in one call.
"""
