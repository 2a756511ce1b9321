"""
REINFORCE with an entropy bonus for a softmax policy over linear features.

No gym here: the caller gives the trajectory.
    obs      (T, n_obs)  floats
    actions  (T,)        ints
    returns  (T,)        discounted returns, baseline already subtracted
"""
import numpy as np


class SoftmaxPolicy:
    def __init__(self, n_obs, n_actions, entropy_coef=0.01):
        self.theta = np.random.normal(scale=0.1, size=(n_obs, n_actions))
        self.bias = np.zeros(n_actions)
        self.entropy_coef = entropy_coef

    def probs(self, obs):
        z = obs @ self.theta + self.bias
        z = z - z.max(axis=-1, keepdims=True)
        e = np.exp(z)
        return e / e.sum(axis=-1, keepdims=True)

    def act(self, ob, rng):
        return rng.choice(len(self.bias), p=self.probs(ob))

    def surrogate_loss(self, obs, actions, returns):
        p = self.probs(obs)
        logp = np.log(p)
        pg = -(logp[np.arange(len(actions)), actions] * returns).mean()
        entropy = -(p * logp).sum(axis=1).mean()
        return pg - self.entropy_coef * entropy

    def surrogate_grad(self, obs, actions, returns):
        """gradient of surrogate_loss -> (d_theta, d_bias)"""
        T = len(actions)
        p = self.probs(obs)
        logp = np.log(p)
        dz = p * returns[:, None]
        dz[np.arange(T), actions] -= returns
        H = -(p * logp).sum(axis=1, keepdims=True)
        dz += self.entropy_coef * p * (logp + H)
        dz /= T
        return obs.T @ dz, dz.sum(axis=0)


def discount(rewards, gamma=0.99):
    out, acc = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        acc = rewards[t] + gamma * acc
        out[t] = acc
    return out


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    pi = SoftmaxPolicy(3, 2)
    for ep in range(100):
        obs = rng.normal(size=(20, 3))
        acts = np.array([pi.act(o, rng) for o in obs])
        rew = (acts == (obs[:, 0] > 0)).astype(float)
        G = discount(rew, 0.0)
        dth, db = pi.surrogate_grad(obs, acts, G - G.mean())
        pi.theta -= 0.5 * dth
        pi.bias -= 0.5 * db
    print("mean reward", rew.mean())
