"""REINFORCE with a softmax policy and an entropy bonus (CS-RL hw2)."""
import numpy as np


def discount(rewards, gamma=0.99):
    out = np.zeros(len(rewards))
    run = 0.0
    for t in reversed(range(len(rewards))):
        run = rewards[t] + gamma * run
        out[t] = run
    return out


def policy_loss(theta, states, actions, advantages, ent_coef=0.01):
    """
    theta      (n_state_features, n_actions)
    states     (T, n_state_features)
    actions    (T,) ints
    advantages (T,)   -- treated as constants
    returns surrogate loss (to minimise) and dloss/dtheta
    """
    T = len(actions)
    logits = states @ theta
    logits = logits - logits.max(axis=1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    p = np.exp(logp)
    H = -(p * logp).sum(axis=1)
    idx = np.arange(T)
    loss = -np.mean(logp[idx, actions] * advantages) - ent_coef * H.mean()

    dlogits = p * advantages[:, None]
    dlogits[idx, actions] -= advantages
    dlogits += ent_coef * p * (logp + H[:, None])
    return loss, states.T @ dlogits / T


class Agent:
    def __init__(self, n_features, n_actions, lr=1e-2):
        self.theta = np.zeros((n_features, n_actions))
        self.lr = lr

    def act(self, s):
        z = s @ self.theta
        p = np.exp(z - z.max())
        return np.random.choice(len(p), p=p / p.sum())

    def learn(self, episode):
        s, a, r = (np.array(v) for v in zip(*episode))
        G = discount(r)
        G = (G - G.mean()) / (G.std() + 1e-8)
        loss, g = policy_loss(self.theta, s, a.astype(int), G)
        self.theta -= self.lr * g
        return loss
