"""
Inverse heat conduction (1-D rod, ends held at zero).

We look for the initial temperature u0 and the diffusivity kappa that explain
what the thermocouples read at the end; gradients by the discrete adjoint.
"""
import numpy as np

NT = 12
DT = 0.05


def lap(u):
    up = np.concatenate(([0.0], u, [0.0]))
    return up[2:] - 2.0 * up[1:-1] + up[:-2]


def misfit_and_grad(u0, kappa, measured):
    """J = 1/2 |u(T) - measured|^2 ; returns J, dJ/du0, dJ/dkappa"""
    traj = [np.array(u0, dtype=float)]
    for n in range(NT):
        u = traj[-1]
        traj.append(u + DT * kappa * lap(u))
    res = traj[-1] - measured
    J = 0.5 * res @ res

    # march the adjoint backwards, the stencil is symmetric
    lam = res.copy()
    dk = 0.0
    for n in range(NT - 1, -1, -1):
        dk += DT * lam @ lap(traj[n])
        lam = lam + DT * kappa * lap(lam)
    return J, lam, dk


def main():
    x = np.linspace(0, 1, 22)[1:-1]
    truth = np.sin(np.pi * x)
    u = truth.copy()
    for _ in range(NT):
        u = u + DT * 0.8 * lap(u)
    guess, k = np.zeros_like(x), 0.5
    for it in range(400):
        J, g, gk = misfit_and_grad(guess, k, u)
        guess -= 0.5 * g
        k -= 0.5 * gk
    print(J, k)


if __name__ == "__main__":
    main()
