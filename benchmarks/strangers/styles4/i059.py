"""Inverse problem, 1-D heat equation: recover the initial temperature from
noisy late-time measurements.  Explicit Euler + discrete adjoint."""
import numpy as np


class HeatMisfit:
    def __init__(self, nx=16, nt=20, kappa=0.2, reg=1e-2, obs_every=2):
        self.nx, self.nt = nx, nt
        self.kappa = kappa          # already  D*dt/dx^2
        self.reg = reg
        self.obs = np.arange(0, nx, obs_every)

    def step(self, u):
        un = u.copy()
        un[1:-1] += self.kappa * (u[2:] - 2 * u[1:-1] + u[:-2])
        un[0] = un[-1] = 0.0
        return un

    def step_adjoint(self, lam):
        lam = lam.copy()
        lam[0] = lam[-1] = 0.0
        out = lam.copy()
        out[2:] += self.kappa * lam[1:-1]
        out[1:-1] -= 2 * self.kappa * lam[1:-1]
        out[:-2] += self.kappa * lam[1:-1]
        return out

    def solve(self, u0):
        u = u0
        for _ in range(self.nt):
            u = self.step(u)
        return u

    def misfit(self, u0, data):
        r = self.solve(u0)[self.obs] - data
        return 0.5 * r @ r + 0.5 * self.reg * np.sum(np.diff(u0) ** 2)

    def gradient(self, u0, data):
        lam = np.zeros(self.nx)
        lam[self.obs] = self.solve(u0)[self.obs] - data
        for _ in range(self.nt):
            lam = self.step_adjoint(lam)
        d = np.diff(u0)
        lam[1:] += self.reg * d
        lam[:-1] -= self.reg * d
        return lam


if __name__ == "__main__":
    prob = HeatMisfit()
    x = np.linspace(0, 1, prob.nx)
    truth = np.sin(np.pi * x) + 0.5 * np.sin(3 * np.pi * x)
    data = prob.solve(truth)[prob.obs]
    u = np.zeros(prob.nx)
    for it in range(500):
        u -= 0.5 * prob.gradient(u, data)
    print("misfit", prob.misfit(u, data))
