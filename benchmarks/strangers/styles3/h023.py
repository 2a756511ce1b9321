import numpy as np


def policy_loss(model, obs, actions, adv):
    """
    REINFORCE surrogate for a softmax policy with one hidden tanh layer.

      L = - (1/T) * sum_t adv_t * log pi(a_t | s_t)  -  beta * mean entropy

    model   dict with W1 (S,H), W2 (H,A) and the number beta
    obs     (T, S)
    actions (T,) ints
    adv     (T,)
    returns L, {'W1': .., 'W2': ..}
    """
    T = obs.shape[0]
    beta = model.get('beta', 0.01)
    h = np.tanh(obs @ model['W1'])
    logits = h @ model['W2']
    logits = logits - logits.max(1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    p = np.exp(logp)
    ent = -(p * logp).sum(1)

    L = -np.mean(adv * logp[np.arange(T), actions]) - beta * ent.mean()

    onehot = np.zeros_like(p)
    onehot[np.arange(T), actions] = 1.0
    dlogits = adv[:, None] * (p - onehot) / T
    # dH/dlogit_j = -p_j (log p_j + H)
    dlogits += beta * p * (logp + ent[:, None]) / T

    dW2 = h.T @ dlogits
    dh = dlogits @ model['W2'].T
    dW1 = obs.T @ (dh * (1 - h * h))
    return L, {'W1': dW1, 'W2': dW2}


def discount(rewards, gamma=0.99):
    out, run = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        run = rewards[t] + gamma * run
        out[t] = run
    return (out - out.mean()) / (out.std() + 1e-8)
