"""A compiled program for people: what it computes, where, and why it is divided so.

In:  a program as it was emitted (`emit.codegen.Codegen`).
Out: `explanation.Explanation`: records of kernels, barriers and memory, and their text.

Read `explanation` first. `kernels` makes a record of each kernel, `counts` its operations and
bytes, `body` a line for each number that it computes, `plan` barriers and memory, `text` the whole
at most 100 columns wide.
"""
