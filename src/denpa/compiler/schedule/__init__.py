"""Who computes what when: kernels divided over lanes (one lane a thread), and the barriers between.

In:  the kernels of a program.
Out: for each the axis that the lanes divide, the order of all, the barriers, and the place of each
     buffer in one arena.

Read `owners` first: to which lane an element belongs. `division` chooses the axis of each kernel,
`barriers` finds where a lane reads what another has written, `memory` lets buffers that are never
needed at the same time share room.
"""
