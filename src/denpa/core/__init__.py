"""What everything else is written in: dtypes, shapes, the op record, values and graphs of them.

Nothing here knows an op, a tensor or a rule of differentiation; it needs NumPy alone.
"""
