# %% [markdown]
# # (3 + 5) × 10, forwards and backwards
#
# If the 3 in $(3 + 5) \times 10$ grows a little, how fast does the result grow? And if the 10
# does? A *computation graph* answers both questions in one pass.
#
# Call the numbers $a = 3$, $b = 5$, $c = 10$, and cut the formula into single operations:
#
# $$s = a + b, \qquad y = s \times c.$$
#
# **Forwards**, each operation takes the values on the edges that come in and puts one value on the
# edge that goes out: first $s = 8$, then $y = 80$.
#
# **Backwards**, each edge gets a *message*: the derivative of the last value $y$ with respect to
# the value on that edge. The last edge gets $\partial y/\partial y = 1$. Each operation takes the
# message from its right, multiplies it with its own derivative, and hands it on to its left:
#
# * $+$ has the derivative 1 towards each of its inputs. It hands the message on as it is.
# * $\times$ has as its derivative towards one input *the other input*. It hands the message on
#   times the other value.

# %%
from __future__ import annotations

import denpa as dp
from denpa.lab import Lab

lab = Lab("three-plus-five")

a, b, c = 3, 5, 10
s = a + b
y = s * c

message_y = 1
message_s = message_y * c
message_c = message_y * s
message_a = message_s * 1
message_b = message_s * 1
message_a, message_b, message_c

# %% [markdown]
# That is the whole method, by hand. Denpa has it written down as two rules, one for $+$ and one for
# $\times$, and applies them to the graph that it finds in the function.


# %%
def formula(a, b, c):
    s = a + b
    y = s * c
    return y


inputs = [dp.tensor(v, dtype=dp.float64) for v in (3.0, 5.0, 10.0)]
print(dp.func.trace(formula, *inputs))

# %% tags=["hide-input"]
for v in inputs:
    v.requires_grad = True
found = dp.explain(formula(*inputs))
lab.picture(
    found,
    "The graph of (a + b) × c: 3 and 5 go into the plus, 8 and 10 into the times, 80 comes out of "
    "it; the messages that come back are 10 and 10, 10 and 8, and 1.",
)
lab.table(
    {
        "name": list(found.names),
        "value by hand": [a, b, c, s, y],
        "value by Denpa": [found.value(name) for name in found.names],
        "message by hand": [message_a, message_b, message_c, message_s, message_y],
        "message by Denpa": [found.delta(name) for name in found.names],
    }
)

# %% [markdown]
# Read the picture from right to left, or step through it with the arrow keys; a click on a message
# tells where it comes from. The message 10 at the 3 says: raise the 3 by a small $h$, and
# the result rises by $10h$. The 5 has the same message, since it enters at the same plus. The 10
# has the message 8.
#
# Nobody has to believe this. Raise each number by $h$, lower it by $h$, and divide the difference
# of the two results by $2h$. In $(3 + 5) \times 10$ the result is a straight line in each single
# number, so that the difference is the derivative for a large $h$ as well as for a small one.

# %%
h = 0.5
differences = [
    (formula(3 + h, 5, 10) - formula(3 - h, 5, 10)) / (2 * h),
    (formula(3, 5 + h, 10) - formula(3, 5 - h, 10)) / (2 * h),
    (formula(3, 5, 10 + h) - formula(3, 5, 10 - h)) / (2 * h),
]

# %% [markdown]
# The differences need two evaluations of the formula for each number. The messages need one walk
# forwards and one walk backwards, for however many numbers. For three numbers that is nothing; for
# the million weights of a network it is the reason why networks can be trained at all.
#
# What to take away: a message is a number that belongs to an edge, and each operation computes the
# messages on its left from the message on its right without knowing the rest of the graph.

# %%
values = [float(found.value(name)) for name in found.names]
messages = [float(found.delta(name)) for name in found.names]
lab.claim("The values of a, b, c, a + b and (a + b) × c", values, equal=[3, 5, 10, 8, 80])
lab.claim("The messages to the 3, the 5 and the 10", messages[:3], equal=[10, 10, 8])
lab.claim("The messages to the sum and to the result", messages[3:], equal=[10, 1])
lab.claim(
    "The differences say the same as the messages", differences, near=messages[:3], within=1e-12
)
