# %% [markdown]
# # A (7,4) code learned over a noisy channel
#
# A sender has one of 16 messages, which is 4 bits. He may use the channel 7 times, each time with
# a real number, and normal noise is added to each of them. Which 16 points
# $x_0, \dots, x_{15} \in \mathbb R^7$ should he agree on with the receiver, so that the receiver
# confuses them as rarely as possible?
#
# Hamming's (7,4) code of 1950 is a famous answer: 7 signs, 4 of the message and 3 of parity.
# O'Shea and Hoydis (2017) asked a network: an *autoencoder*, whose first half is the sender, whose
# last half is the receiver, and whose middle is the channel itself. Noise has a derivative with
# respect to what it is added to. So backpropagation goes through the channel, and sender and
# receiver are trained together.
#
# Both may spend the same energy, $\lVert x_m \rVert^2 = 7$. The noise is told as $E_b/N_0$, the
# energy for each *message bit* against the noise, in decibels. With the rate $R = 4/7$, the
# variance of the noise on each number is $\sigma^2 = 1/(2 R\, E_b/N_0)$.

# %%
from __future__ import annotations

import math

import numpy as np

import denpa as dp
from denpa import nn, train
from denpa.lab import Lab

lab = Lab("channel-code")

bits = (np.arange(16)[:, None] >> np.arange(4)) & 1  # (16, 4)
parity = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
hamming = 1 - 2.0 * np.concatenate([bits, bits @ parity % 2], axis=1)  # (16, 7), signs


def deviation(decibels, rate=4 / 7):
    return (2 * rate * 10 ** (decibels / 10)) ** -0.5


def squared_distances(code):
    return np.square(code[:, None] - code).sum(axis=2)


hamming[:4]

# %% [markdown]
# ## The receiver that cannot be beaten, and what theory says of it
#
# If the points and the noise are known, nothing is better than to choose the nearest point
# (*maximum likelihood*). As all points have the same length, the nearest one is the one with the
# largest inner product $y^\top x_m$.
#
# For that receiver there is a bound. Point $j$ is nearer than the true point $i$ with the
# probability $Q(d_{ij}/2\sigma)$, where $Q$ is the tail of the normal distribution. The error rate
# is at most the sum of these over all wrong points $j$ (*union bound*), and nearly that where the
# noise is low. From each word of Hamming's code, 7 others are at squared distance 12, 7 at 16 and
# one at 28.
#
# Two simpler schemes have exact formulas. Without a code, 4 signs are sent, and all of them must
# arrive: $1 - (1-p)^4$. With a *hard* decision, the receiver of Hamming's code first rounds each
# number to its sign, and can then correct one wrong sign of seven:
# $1 - (1-p)^7 - 7p(1-p)^6$. Here $p = Q(1/\sigma)$, the chance that a sign is wrong.


# %%
def tail(z):
    return math.erfc(z / math.sqrt(2)) / 2


def union_bound(code, sigma):
    distances = np.sqrt(squared_distances(code)[~np.eye(16, dtype=bool)])
    return sum(tail(d / (2 * sigma)) for d in distances) / 16


def without_code(sigma):
    return 1 - (1 - tail(1 / sigma)) ** 4


def hard_decision(sigma):
    p = tail(1 / sigma)
    return 1 - (1 - p) ** 7 - 7 * p * (1 - p) ** 6


def nearest(code):
    return lambda y: (y @ code.T).argmax(axis=1)


def error_rate(code, decide, sigma, blocks, rng):
    wrong = 0
    for size in [min(blocks - done, 50_000) for done in range(0, blocks, 50_000)]:
        sent = rng.integers(16, size=size)
        received = code[sent] + sigma * rng.standard_normal((size, code.shape[1]))
        wrong += np.count_nonzero(decide(received) != sent)
    return wrong / blocks


# %% [markdown]
# ## The network
#
# The sender sees a message as a one-hot vector. Whatever layers it had, it could do no more than
# to give each of the 16 messages its point, so one matrix of 16 × 7 numbers is enough. The channel
# is a module: it scales the points to their energy and, in training, adds noise. The receiver is
# one linear layer with softmax: the theory above says that this is all that is needed. In training,
# the noise is that of 2 dB.

# %%
trained_at = 2.0


class Channel(nn.Module):
    def forward(self, x):
        x = math.sqrt(7) * x / x.norm(dim=1, keepdim=True)
        return x + deviation(trained_at) * dp.randn_like(x) if self.training else x


def code_of(net):
    with dp.no_grad():
        return net[:2].eval()(dp.eye(16)).numpy().astype(np.float64)


def learn(seed):
    dp.manual_seed(seed)
    net = nn.Sequential(nn.Linear(16, 7, bias=False), Channel(), nn.Linear(7, 16))
    before = code_of(net)
    messages = np.tile(np.arange(16), 256)
    data = np.eye(16, dtype=np.float32)[messages], messages
    optimizer = dp.optim.Adam(net.parameters(), lr=0.02)
    epochs = lab.pick(250, 800)
    schedule = dp.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    train.fit(
        net.train(),
        nn.CrossEntropyLoss(),
        data,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=256,
        schedule=schedule,
        progress=False,
        seed=seed,
    )
    return (
        before,
        code_of(net),
        *(p.detach().numpy().astype(np.float64) for p in net[2].parameters()),
    )


learned = [learn(seed) for seed in lab.seeds(lab.pick(3, 8))]

# %% [markdown]
# ## Counting errors
#
# Now messages are sent in great number, at several levels of noise: without a code, with Hamming's
# code and both receivers, and with each learned code and its own learned receiver.

# %%
decibels = np.array(lab.pick([0.0, 2, 4, 5, 6], [0.0, 1, 2, 3, 4, 5, 6, 7, 8]))
sigmas = deviation(decibels)
blocks = lab.pick(200_000, 2_000_000)
rng = np.random.default_rng(lab.seed)
signs = 1 - 2.0 * bits


def measure(code, decide, sigmas=sigmas):
    return np.array([error_rate(code, decide, sigma, blocks, rng) for sigma in sigmas])


uncoded = measure(signs, nearest(signs), deviation(decibels, rate=1))
hard = measure(hamming, lambda y: nearest(hamming)(np.sign(y)))
soft = measure(hamming, nearest(hamming))
own = np.array(
    [measure(code, lambda y, w=w, b=b: (y @ w.T + b).argmax(axis=1)) for _, code, w, b in learned]
)
theory = {
    "uncoded": np.array([without_code(s) for s in deviation(decibels, rate=1)]),
    "hard": np.array([hard_decision(s) for s in sigmas]),
    "bound": np.array([union_bound(hamming, s) for s in sigmas]),
}

# %% tags=["hide-input"]
figure, (left, right) = lab.axes(1, 2, width=9, height=4)
fine = np.linspace(0, decibels[-1], 60)
exact = {
    "no code": [without_code(s) for s in deviation(fine, rate=1)],
    "Hamming, hard decision": [hard_decision(s) for s in deviation(fine)],
    "Hamming, nearest word": [union_bound(hamming, s) for s in deviation(fine)],
}
for (name, curve), counted, marker in zip(exact.items(), (uncoded, hard, soft), "os^", strict=True):
    (drawn,) = left.semilogy(fine, curve)
    shown = {"marker": marker, "color": drawn.get_color()}
    left.semilogy(decibels, np.where(counted > 0, counted, np.nan), ls="", **shown)
    left.plot([], [], ls=drawn.get_linestyle(), label=name, **shown)
mean_own = own.mean(axis=0)
left.semilogy(
    decibels,
    np.where(mean_own > 0, mean_own, np.nan),
    "o",
    ls="",
    color="black",
    ms=11,
    mfc="none",
    label="learned code and receiver",
    zorder=5,
)
left.set(
    xlabel="$E_b/N_0$ (dB)",
    ylabel="block error rate",
    ylim=lab.pick((1e-4, 1), (3e-6, 1)),
    title="lines: theory; markers: measured",
)
left.legend(loc="lower left")
pairs = np.triu_indices(16, 1)
for k, (_, code, *_) in enumerate(learned):
    right.step(
        np.sort(squared_distances(code)[pairs]),
        np.arange(1, 121),
        where="post",
        lw=0.9,
        color="#7a7a7a",
        ls="-",
        label="learned codes" if k == 0 else None,
    )
right.step(
    [0, *np.sort(squared_distances(hamming)[pairs]), 30],
    [0, *np.arange(1, 121), 120],
    where="post",
    color="C2",
    ls="-.",
    lw=2.2,
    label="Hamming's code",
)
right.set(
    xlabel="squared distance",
    ylabel="pairs of words at most so far apart",
    xlim=(6, 30),
)
right.legend(loc="lower right")
lab.show(
    figure,
    "Left: block error rates fall with the signal-to-noise ratio; the learned codes lie on the "
    "curve of Hamming's code with the nearest word, below the hard decision and no code. Right: "
    "the distances of the learned codes lie around the three steps of Hamming's code.",
)
lab.table(
    {
        "$E_b/N_0$ (dB)": decibels,
        "no code": uncoded,
        "Hamming, hard decision": hard,
        "Hamming, nearest word": soft,
        "union bound": theory["bound"],
        "learned, mean": mean_own,
        "learned, worst": own.max(axis=0),
    }
)

# %% [markdown]
# ## What was learned
#
# Nobody told the network of parity. It placed 16 points, moved each away from those with which it
# was confused, and arrived at the error rate of Hamming's code with the best receiver. It did not
# find Hamming's code, though. The right picture shows that the learned distances are not 12, 16 and
# 28: most of them lie near 14, and some pairs are nearer than 12. At very low noise only the nearest
# pairs count, so there most learned codes are a little worse. Other initial values end in another
# code, and now and then in one that beats Hamming's also at 6 dB. That is no contradiction:
# Hamming's code is made of signs, and here any real number may be sent.
#
# The receiver can be compared with theory number by number. By Bayes' rule, the probability of
# message $m$ after $y$ was received is the softmax of $y^\top x_m / \sigma^2$. So the rows of the
# learned weight matrix must be the sender's own points divided by $\sigma^2$, up to one vector that
# is added to all rows, which softmax does not see. They are.
#
# The hard decision throws away how sure each sign was, and with it most of what the code had won.
# The learned receiver decides on all seven numbers at once.


# %%
def off(measured, exact):
    enough = exact * blocks >= 20
    return ((measured - exact) / np.sqrt(exact * (1 - exact) / blocks))[enough]


def needed(rates, at):
    with np.errstate(divide="ignore"):
        return float(np.interp(np.log(500), -np.log(rates), at))


lab.claim(
    "Without a code, the errors are 1 − (1 − p)⁴: difference in standard deviations of the count",
    off(uncoded, theory["uncoded"]),
    near=0,
    within=4.5,
)
lab.claim(
    "With a hard decision, they are those of the binomial formula: difference in standard "
    "deviations of the count",
    off(hard, theory["hard"]),
    near=0,
    within=4.5,
)
lab.claim(
    "The nearest word of Hamming's code errs no more than the union bound: excess in standard "
    "deviations of the count",
    off(soft, theory["bound"]),
    at_most=4.5,
)
at_2, at_6 = list(decibels).index(trained_at), list(decibels).index(6)
lab.claim(
    "At 6 dB it meets the bound: measured error rate divided by it",
    soft[at_6] / theory["bound"][at_6],
    near=1,
    within=lab.pick(0.35, 0.15),
)
lab.claim(
    "At the noise of training, no learned code has more than 1.1 times the errors of Hamming's "
    "code with the best receiver",
    own[:, at_2] / soft[at_2],
    at_most=1.1,
)
start = np.mean([union_bound(code, deviation(6)) for code, *_ in learned])
end = np.mean([union_bound(code, deviation(6)) for _, code, *_ in learned])
lab.claim(
    "Training makes the errors at 6 dB at least 10 times as rare: union bound before, divided by "
    "that after it",
    start / end,
    at_least=10,
)
lab.claim(
    "For an error rate of 1 in 500, no learned code needs 0.3 dB more than Hamming's",
    [needed(rates, decibels) - needed(soft, decibels) for rates in own],
    at_most=0.3,
)
wide = np.linspace(0, 10, 101)
plain = needed([without_code(s) for s in deviation(wide, rate=1)], wide)
lab.claim(
    "For an error rate of 1 in 500, every learned code saves at least 1.4 dB against no code",
    [plain - needed(rates, decibels) for rates in own],
    at_least=1.4,
)
errors = []
for _, code, w, _ in learned:
    ideal = (code - code.mean(axis=0)) / deviation(trained_at) ** 2
    errors.append(np.linalg.norm(w - w.mean(axis=0) - ideal) / np.linalg.norm(ideal))
lab.claim(
    "The receiver's weights are the sender's points divided by σ²: relative error",
    errors,
    at_most=0.05,
)
