import numpy as np


class SoftmaxPolicy:
    """Linear softmax policy with entropy bonus, REINFORCE surrogate loss

        L = -1/T sum_t [ A_t log pi(a_t|s_t) + c * H(pi(.|s_t)) ]
    """

    def __init__(self, n_states, n_actions, entropy_coef=0.01):
        self.theta = np.random.randn(n_states, n_actions) * 0.1
        self.c = entropy_coef

    def probs(self, states):
        logits = states @ self.theta
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def act(self, state):
        p = self.probs(state[None])[0]
        return np.random.choice(len(p), p=p)

    def loss(self, states, actions, advantages):
        p = self.probs(states)
        T = len(actions)
        logp = np.log(p[np.arange(T), actions])
        H = -np.sum(p * np.log(p), axis=1)
        return -np.mean(advantages * logp + self.c * H)

    def grad(self, states, actions, advantages):
        p = self.probs(states)
        T = len(actions)
        onehot = np.zeros_like(p)
        onehot[np.arange(T), actions] = 1
        dlogits = advantages[:, None] * (p - onehot)
        H = -np.sum(p * np.log(p), axis=1, keepdims=True)
        dlogits += self.c * p * (np.log(p) + H)
        return states.T @ dlogits / T

    def update(self, episode, lr=0.1):
        s, a, adv = episode
        self.theta -= lr * self.grad(s, a, adv)
