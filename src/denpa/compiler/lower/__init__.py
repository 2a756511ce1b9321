"""From equations to kernels: loops over arrays in memory.

In:  a graph after its passes.
Out: a list of `kernels.Kernel` in an order that respects who reads what, and their buffers.

Read `kernels` first: what a loop, a node, an access is. `fusion` decides which equation is
computed where it is used and which gets a place in memory; `ops` are those that are kernels of
their own; `epilogue` what is computed from a sum right where it ends; `index` turns views and
broadcasting into arithmetic on places. Nothing here knows what a processor looks like.
"""
