"""What can be checked: each kind of code as a `Subject`.

In:  code, and an input that it runs on.
Out: `check.subject.Subject`: a forward pass at any values, and the gradients that the code claims.

Read `written` first: code as people write it; `calling` calls it on the copies of `copying`,
`readings` and `binding` say how its derivative is meant, `places` where it keeps its arrays,
`claims` which gradient is which. `layer` is for objects, whose `parameters` are found by running,
`pair` for functions, `listed` for code on lists, `network` for modules of a framework, `primitive`
for an op of the table.
"""
