# REINFORCE for a linear softmax policy (cart-pole homework)
import numpy as np


def discount(rewards, gamma):
    out = np.zeros(len(rewards))
    acc = 0.0
    for t in reversed(range(len(rewards))):
        acc = rewards[t] + gamma * acc
        out[t] = acc
    return out


def policy_loss_and_grad(theta, states, actions, returns):
    """
    theta   (n_features, n_actions)
    states  (T, n_features)
    actions (T,) ints
    returns (T,) discounted returns (already baselined)

    loss = - 1/T sum_t returns_t * log pi(a_t | s_t)
    """
    T = len(actions)
    logits = states @ theta
    logits = logits - logits.max(axis=1, keepdims=True)
    pi = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    logp = np.log(pi[np.arange(T), actions])
    loss = -(returns * logp).sum() / T

    onehot = np.zeros_like(pi)
    onehot[np.arange(T), actions] = 1.0
    dlogits = (onehot - pi) * returns[:, None] / T
    grad = states.T @ dlogits
    return loss, grad


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    theta = rng.normal(size=(4, 2)) * 0.1
    S = rng.normal(size=(10, 4))
    A = rng.integers(0, 2, 10)
    G = discount(np.ones(10), 0.99)
    loss, g = policy_loss_and_grad(theta, S, A, G - G.mean())
    theta -= 0.1 * g
    print(loss)
