"""The classic mistakes as predictions of numbers, and their words.

In:  a gradient that is wrong, beside the numeric one.
Out: guesses: which mistake would give just these numbers.

Read `signatures` first: one function a mistake. `layers` and `networks` hold those of certain
layers and of several gradients at once; `factors` decides which constant a factor is; `words`
names each.
"""
