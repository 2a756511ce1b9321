"""An optimizer's update against its definition: which term is wrong.

In:  somebody's optimizer, in any of the forms in which people write one, and the rule's name.
Out: a report: the mistake in the definition that gives the same numbers.

Read `definitions` first: the rules, their published forms and the mistakes in them, in the small
`language`. `table` and `styles` are how people call an update, `holders` and `handles` in what
they keep parameters, `hyperparameters` and `bindings` which of their numbers is which, `reading`
what their code says; `search` finds the variation, `findings` tells it, `update` is the check.
"""
