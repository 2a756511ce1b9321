import numpy as np


class RBFNetwork:
    """Radial basis expansion of a scalar field:  u(x) = sum_j a_j exp(-|x-c_j|^2 / 2 s_j^2)

    Everything (amplitudes a, centres c, widths s) is fitted by gradient descent
    on the mean squared residual.
    """

    def __init__(self, n_dim=2, n_basis=5, seed=7):
        rng = np.random.default_rng(seed)
        self.c = rng.uniform(-1, 1, (n_basis, n_dim))
        self.s = rng.uniform(0.6, 1.4, n_basis)
        self.a = rng.normal(size=n_basis)

    def forward(self, x):
        self.x = x
        self.diff = x[:, None, :] - self.c[None, :, :]          # (N, M, d)
        self.r2 = np.sum(self.diff ** 2, axis=-1)               # (N, M)
        self.phi = np.exp(-self.r2 / (2 * self.s ** 2))
        return self.phi @ self.a

    def loss(self, x, u):
        return np.mean((self.forward(x) - u) ** 2)

    def gradient(self, x, u):
        """Returns dL/da, dL/dc, dL/ds."""
        res = self.forward(x) - u
        g = 2 * res / len(u)
        grad_a = self.phi.T @ g
        dphi = g[:, None] * self.a * self.phi                   # dL/dphi * phi
        grad_c = np.einsum('nm,nmd->md', dphi / self.s ** 2, self.diff)
        grad_s = np.sum(dphi * self.r2 / self.s ** 2, axis=0)
        return grad_a, grad_c, grad_s

    def relax(self, x, u, eta=0.05, n_steps=200):
        for _ in range(n_steps):
            ga, gc, gs = self.gradient(x, u)
            self.a -= eta * ga
            self.c -= eta * gc
            self.s -= eta * gs
        return self.loss(x, u)


if __name__ == "__main__":
    pts = np.random.uniform(-1, 1, (80, 2))
    field = np.sin(3 * pts[:, 0]) * pts[:, 1]
    print("final misfit", RBFNetwork().relax(pts, field))
