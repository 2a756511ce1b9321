"""From a call to a graph: the function runs once, and every operation on tensors is written down.

In:  a function of the user's with the arguments of one call.
Out: `program.Program`, the graph with what fills its inputs and what is done with its outputs, and
     `guards.Guards`, everything else that the function depends on and how it was.
A program is used only while its guards hold; what cannot be watched ends the trace (`Refused`).

Read `tracing` first: what becomes an input, what a result; it hears of tensors by their `slots`.
`reach` follows variables, attributes and closures from the function on, `objects` says what each
kind of object holds, `bytecode` which names a piece of code reads. `calls` hears what runs,
`effects` what changes outside.
"""
