"""What the names of a text may stand for, followed through its syntax trees.

A framework's own reaches a call by many ways that hide nothing: `nn = torch.nn`, an attribute, a
list, a default argument, a parameter. So each expression gets the set of what it may be. The
statements of the module are read in their order; within a function, order is not looked at, and a
container is whatever was put into it. No code is run.

`statements` reads a text; it takes `expressions`, these take `calls`, and all three write into one
`flow`, which has a `scope` for each function, class and comprehension, and `values` in it.
"""
